# SPDX-License-Identifier: GPL-2.0-or-later
"""VP text: short expressions on one line, others with each operand on a line of its own.

The rules are those of the original compiler: an expression stands on one line when its height is at most `-i`, where
an atom has height 0, a form one more than its highest part, and a `cond` two more.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.emmett.analysis.nodes import Aggr, Cond, Form, Node, Number, Word
from engine.emmett.syntax.location import Location

DEFAULT_HEIGHT = 2
_INDENT = "   "
_SIGN = 1 << 63
_WRAP = 1 << 64


@dataclass(slots=True)
class Writer:
    """Writes VP text and keeps where each part of it comes from."""

    height: int = DEFAULT_HEIGHT
    """The `-i` option."""
    origins: list[tuple[int, Location]] = field(default_factory=list)
    """From which character on the text comes from which place; sorted."""
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _heights: dict[int, int] = field(default_factory=dict)
    """by identity of a node: each is asked for at every level above it"""

    @property
    def text(self) -> str:
        """Everything written so far."""
        return "".join(self._parts)

    def put(self, text: str) -> None:
        """Write some text that belongs to what was written last."""
        self._parts.append(text)
        self._length += len(text)

    def _origin(self, at: Location) -> None:
        self.origins.append((self._length, at))

    def line(self, text: str, at: Location) -> None:
        """Write a line that comes from one place."""
        self._origin(at)
        self.put(text + "\n")

    def body(self, head: str, name: str, name_at: Location, body: Node, at: Location) -> None:
        """Write a function or probe: its keyword, what follows up to the body, and its only expression."""
        self._origin(at)
        self.put(f"({head} ")
        self._origin(name_at)
        self.put(name)
        if 1 + self._height(body) <= self.height:
            self.put(" ")
            self.node(body, 0)
        else:
            self._break(1)
            self.node(body, 1)
        self.put(")\n")

    def node(self, node: Node, depth: int) -> None:
        """Write an expression; `depth` is how far its lines are indented."""
        self._origin(node.at)
        match node:
            case Number(value):
                self.put(str(value - _WRAP if value >= _SIGN else value))
            case Word(text):
                self.put(text)
            case Form(head, parts):
                self._form(head, parts, depth, wide=self._height(node) > self.height)
            case Cond(pairs):
                self._cond(pairs, depth, wide=self._height(node) > self.height)
            case Aggr():
                self._aggr(node, depth, wide=self._height(node) > self.height)

    def _height(self, node: Node) -> int:
        """How deep an expression is; the writer lives no longer than the nodes."""
        if isinstance(node, Number | Word):
            return 0
        known = self._heights.get(id(node))
        if known is None:
            known = self._heights[id(node)] = self._measured(node)
        return known

    def _measured(self, node: Form | Cond | Aggr) -> int:
        match node:
            case Form(_, parts):
                return 1 + max(map(self._height, parts), default=0)
            case Cond(pairs):
                return 2 + max(self._height(part) for pair in pairs for part in pair)
            case Aggr():
                return 1 + max(map(self._height, (*node.integers, *node.strings, node.value)))

    def _break(self, depth: int) -> None:
        self.put("\n" + _INDENT * depth)

    def _form(self, head: str, parts: tuple[Node, ...], depth: int, *, wide: bool) -> None:
        """`(f )` has a blank, as from the original."""
        self.put(f"({head} ")
        self._all(parts, depth, wide=wide)
        self.put(")")

    def _all(self, parts: tuple[Node, ...], depth: int, *, wide: bool) -> None:
        for number, part in enumerate(parts):
            if wide:
                self._break(depth + 1)
            elif number:
                self.put(" ")
            self.node(part, depth + 1)

    def _cond(self, pairs: tuple[tuple[Node, Node], ...], depth: int, *, wide: bool) -> None:
        self.put("(cond ")
        for number, pair in enumerate(pairs):
            if wide:
                self._break(depth + 1)
            elif number:
                self.put(" ")
            self._pair(pair, depth + 1)
        self.put(")")

    def _pair(self, pair: tuple[Node, Node], depth: int) -> None:
        self.put("(")
        self.node(pair[0], depth + 1)
        if 1 + max(map(self._height, pair)) > self.height:
            self._break(depth + 1)
        else:
            self.put(" ")
        self.node(pair[1], depth + 1)
        self.put(")")

    def _aggr(self, node: Aggr, depth: int, *, wide: bool) -> None:
        self.put(f"(aggr {node.target} ")
        for keys in (node.integers, node.strings):
            self.put("(")
            self._all(keys, depth + 1, wide=wide and bool(keys))
            self.put(") ")
        self._all((node.value,), depth, wide=wide)
        self.put(")")
