# SPDX-License-Identifier: GPL-2.0-or-later
"""Guest stacks as a tree of calls, and as a flat list of functions with own and total counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.guest.stacks import parse
from engine.guest.symbols import Symbols
from vptop.model.kinds import is_stack
from vptop.model.rows import Key

REMEMBERED = 1 << 16
"""Stacks whose symbol names are kept; when there are more, all are forgotten and looked up again."""


@dataclass
class Node:
    """One call: how often it was on a stack (total) and on top of one (own)."""

    label: str
    total: int = 0
    own: int = 0
    children: dict[str, Node] = field(default_factory=dict)

    def child(self, label: str) -> Node:
        """The callee of that name, made when it is new."""
        if (node := self.children.get(label)) is None:
            node = self.children[label] = Node(label)
        return node

    def ordered(self) -> list[Node]:
        """Callees, most often seen first."""
        return sorted(self.children.values(), key=lambda node: (-node.total, node.label))


@dataclass(frozen=True)
class Stacks:
    """A call tree and what was lost on the way to it."""

    root: Node
    cut: int = 0
    """samples whose outer frames did not fit into a VP string"""


class Namer:
    """Turns rows keyed by gueststack strings into function names, remembering what it looked up."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols
        self._known: dict[str, tuple[tuple[str, ...], bool]] = {}

    def names(self, text: str) -> tuple[tuple[str, ...], bool]:
        """Functions of a stack from the outermost call to the innermost; whether outer ones were cut off."""
        if (known := self._known.get(text)) is None:
            stack = parse(text)
            known = (stack.functions(self._symbols)[::-1], stack.cut) if stack else ((text,), False)
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[text] = known
        return known

    def labels(self, key: Key) -> tuple[list[str], bool]:
        """Labels of a row. Its other keys (a process name, say) come before the outermost call."""
        integers, strings = key
        labels = [text for text in strings if not is_stack(text)] + [hex(number) for number in integers]
        cut = False
        for text in strings:
            if is_stack(text):
                functions, was_cut = self.names(text)
                labels += functions
                cut = cut or was_cut
        return labels, cut

    def tree(self, rows: Iterable[tuple[Key, int]], *, inverted: bool = False) -> Stacks:
        """Sum rows (key and count) into a call tree; inverted, callers hang below the functions they call."""
        root = Node("all")
        cut = 0
        for key, count in rows:
            if not count:
                continue
            labels, was_cut = self.labels(key)
            cut += count if was_cut else 0
            node = root
            node.total += count
            for label in reversed(labels) if inverted else labels:
                node = node.child(label)
                node.total += count
            node.own += count
        return Stacks(root, cut)


@dataclass(frozen=True, slots=True)
class Function:
    """A function on stacks: own is on top, total is anywhere (recursion counted once)."""

    label: str
    own: int
    total: int


def flat(root: Node) -> list[Function]:
    """Every function of a (not inverted) tree, most own first."""
    own: dict[str, int] = {}
    total: dict[str, int] = {}
    pending: list[tuple[Node, frozenset[str]]] = [(child, frozenset()) for child in root.children.values()]
    while pending:
        node, above = pending.pop()
        own[node.label] = own.get(node.label, 0) + node.own
        if node.label not in above:
            total[node.label] = total.get(node.label, 0) + node.total
        below = above | {node.label}
        pending += [(child, below) for child in node.children.values()]
    functions = [Function(label, own[label], total[label]) for label in total]
    return sorted(functions, key=lambda function: (-function.own, -function.total, function.label))
