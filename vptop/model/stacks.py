# SPDX-License-Identifier: GPL-2.0-or-later
"""Guest stacks as a tree of calls, and as a flat list of functions with own and total counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from engine.guest.stacks import parse
from engine.guest.symbols import Symbols
from engine.text import printable
from vptop.model.calltree import ROOT, CallTree, Node
from vptop.model.kinds import is_stack
from vptop.model.rows import Key

USER = 1 << 63
"""Addresses below are those of programs."""
REMEMBERED = 1 << 16
"""Stacks whose symbol names are kept; when there are more, all are forgotten and looked up again."""


@dataclass(frozen=True)
class Stacks:
    """A call tree and what was lost on the way to it."""

    root: Node
    cut: int = 0
    """samples whose outer frames did not fit into a VP string"""
    compared: bool = False
    """there is a baseline: `base` of the nodes counts its samples"""
    programs: bool = False
    """the nodes below the root are what runs"""
    shared: frozenset[str] = frozenset()
    """functions of the kernel, and names that say which file they are of: each is one, whichever program runs"""

    @cached_property
    def functions(self) -> list[Function]:
        """What `flat` gives, worked out once; of a tree that is not inverted."""
        return flat(self.root.tree, self.shared if self.programs else None)

    def change(self, node: Node | Function) -> float:
        """By how much the share of a node grew since the baseline, from -1 to 1."""
        now = node.total / self.root.total if self.root.total else 0.0
        then = node.base / self.root.base if self.root.base else 0.0
        return now - then


class Namer:
    """Turns rows keyed by gueststack strings into function names, remembering what it looked up."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols
        self._known: dict[str, tuple[tuple[str, ...], bool]] = {}

    def names(self, text: str) -> tuple[tuple[str, ...], bool]:
        """Functions of a stack from the outermost call to the innermost; whether outer ones were cut off.

        Their names come from files and memory of the guest: what is not printable in them is escaped.
        """
        if (known := self._known.get(text)) is None:
            stack = parse(text)
            functions = map(printable, stack.functions(self._symbols)) if stack else (text,)
            known = (*functions,)[::-1], stack.cut if stack else False
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

    def tree(
        self,
        rows: Iterable[tuple[Key, int]],
        *,
        inverted: bool = False,
        baseline: Iterable[tuple[Key, int]] | None = None,
    ) -> Stacks:
        """Sum rows (key and count) into a call tree; inverted, callers hang below the functions they call.

        Args:
            rows: the samples.
            inverted: whether the innermost functions are the outermost nodes.
            baseline: samples to compare with; None compares with nothing.
        """
        made, cut, rows = CallTree(), 0, [*rows]
        for key, count in rows:
            if count:
                labels, was_cut = self.labels(key)
                cut += count if was_cut else 0
                nodes = made.way(reversed(labels) if inverted else labels)
                for node in nodes:
                    made.total[node] += count
                made.own[nodes[-1]] += count
        for key, count in baseline or ():
            if count:
                labels, _ = self.labels(key)
                for node in made.way(reversed(labels) if inverted else labels):
                    made.base[node] += count
        made.settle()
        programs = any(not is_stack(text) for key, _ in rows[:1] for text in key[1])
        shared = frozenset(filter(self._is_shared, made.labels)) if programs else frozenset()
        return Stacks(Node(made), cut, compared=baseline is not None, programs=programs, shared=shared)

    def _is_shared(self, label: str) -> bool:
        """Whether a function of that name is the same one in all programs: the kernel's, or that of a file it names."""
        return label.endswith("]") or (self._symbols.get(label) or 0) >= USER


@dataclass(frozen=True, slots=True)
class Function:
    """A function on stacks: own is on top, total is anywhere (recursion counted once)."""

    label: str
    own: int
    total: int
    base: int = 0
    """total in the baseline"""
    program: str = ""
    """that it is of, where others may have functions of that name; empty: it is the kernel's, or it is not known"""

    @property
    def shown(self) -> str:
        """Its name, and the program's, as functions of known files are named."""
        return f"{self.label} [{self.program}]" if self.program else self.label


def flat(tree: CallTree, shared: frozenset[str] | None = None) -> list[Function]:
    """Every function of a (not inverted) tree, most own first.

    Args:
        tree: where nodes below the root are programs, if `shared` is given.
        shared: functions that are the same ones in all programs; None: the tree has no programs.
    """
    places, labels = tree.places().tolist(), tree.labels
    alike = [shared is None or label in shared for label in labels]
    program = [ROOT] * len(tree)
    counts: dict[tuple[int, int], list[int]] = {}
    for node in range(1, len(tree)):
        caller, place = tree.callers[node], places[node]
        program[node] = place if caller == ROOT else program[caller]
        is_alike = alike[place] or caller == ROOT
        found = counts.setdefault((place, ROOT if is_alike else program[node]), [0, 0, 0])
        found[0] += tree.own[node]
        if not tree.again[node]:
            found[1] += tree.total[node]
            found[2] += tree.base[node]
    functions = [
        Function(labels[place], own, total, base, labels[of] if of else "")
        for (place, of), (own, total, base) in counts.items()
    ]
    return sorted(functions, key=lambda function: (-function.own, -function.total, function.shown))
