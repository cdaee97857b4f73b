# SPDX-License-Identifier: GPL-2.0-or-later
"""What a tree of an Emmett program means, computed directly: integers of 64 bits without sign, left to right."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.engine.emmett.properties.trees import Node, Program

MASK = (1 << 64) - 1
LONGEST = 255
PAIRS = 8
_OPERATORS: dict[str, Callable[[int, int], int]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.floordiv, "%": operator.mod,
    "|": operator.or_, "&": operator.and_, "^": operator.xor, "==": operator.eq, "!=": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "<<": lambda a, b: a << b if b < 64 else 0, ">>": lambda a, b: a >> b if b < 64 else 0,
}  # fmt: skip


@dataclass
class Machine:
    """Runs one program once."""

    program: Program
    integers: dict[str, int] = field(default_factory=lambda: {"a": 3})
    strings: dict[str, str] = field(default_factory=lambda: {"s": "start"})
    kept: dict[str, int] = field(default_factory=dict)
    """the local of each function, which keeps its value"""
    pairs: list[tuple[int, int]] = field(default_factory=list)
    rows: dict[tuple[int, str], list[int]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def run(self) -> None:
        """The probe's body."""
        for node in self.program.body:
            self._statement(node, self.integers, "")

    def _statement(self, node: Node, scope: dict[str, int], function: str) -> None:
        parts = node.parts
        match node.kind:
            case "evaluate":
                self._number(parts[0], scope, function)
            case "set-string":
                value = self._text(parts[2], scope, function)
                before = self.strings.get(parts[0], "") if parts[1] == "+=" else ""
                self.strings[parts[0]] = (before + value)[:LONGEST]
            case "print":
                number = self._number(parts[0], scope, function)
                signed = number - (1 << 64) if number >> 63 else number
                self.log.append(f"{signed} {self._text(parts[1], scope, function)}\n")
            case "if":
                chosen = parts[1] if self._number(parts[0], scope, function) else parts[2]
                for one in chosen:
                    self._statement(one, scope, function)
            case "for":
                name, first, last, step, body = parts
                turn = first
                while turn < last:
                    for one in body:
                        self._statement(one, scope, function)
                    turn += step
                self.integers |= {} if function else {name: turn}
            case "seen":
                key = self._number(parts[0], scope, function)
                row = self.rows.setdefault((key, self._text(parts[1], scope, function)), [])
                row.append(self._number(parts[2], scope, function))
            case _:
                pair = self._number(parts[0], scope, function), self._number(parts[1], scope, function)
                if len(self.pairs) < PAIRS:
                    self.pairs.append(pair)

    def _number(self, node: Node, scope: dict[str, int], function: str) -> int:
        kind, parts = node.kind, node.parts
        match kind:
            case "number":
                return int(parts[0]) & MASK
            case "name":
                return self._read(parts[0], scope, function)
            case "call":
                return self._call(parts[0], *(self._number(one, scope, function) for one in parts[1:]))
            case "take":
                return self._take(self._number(parts[0], scope, function))
            case "same":
                equal = self._text(parts[1], scope, function) == self._text(parts[2], scope, function)
                return int(equal is (parts[0] == "=="))
            case "unary":
                value = self._number(parts[1], scope, function)
                return {"-": -value & MASK, "~": ~value & MASK, "!": int(not value), "+": value}[parts[0]]
            case "choice":
                return self._number(parts[1 if self._number(parts[0], scope, function) else 2], scope, function)
            case "set":
                return self._set(node, scope, function)
            case "comma":
                self._number(parts[0], scope, function)
                return self._number(parts[1], scope, function)
            case "&&" | "||":
                left = self._number(parts[0], scope, function)
                if bool(left) is (kind == "||"):
                    return int(bool(left))
                return int(bool(self._number(parts[1], scope, function)))
            case _:
                left = self._number(parts[0], scope, function)
                return _OPERATORS[kind](left, self._number(parts[1], scope, function)) & MASK

    def _text(self, node: Node, scope: dict[str, int], function: str) -> str:
        parts = node.parts
        match node.kind:
            case "text":
                return str(parts[0])
            case "name":
                return self.strings.get(parts[0], "")
            case "join":
                return "".join(self._text(one, scope, function) for one in parts)[:LONGEST]
            case _:
                return self._text(parts[1 if self._number(parts[0], scope, function) else 2], scope, function)

    def _set(self, node: Node, scope: dict[str, int], function: str) -> int:
        name, op, value = node.parts
        before = self._read(name, scope, function) if op != "=" else 0
        result = self._number(value, scope, function)
        if op != "=":
            result = _OPERATORS[op[:-1]](before, result) & MASK
        if name == "kept":
            self.kept[function] = result
        elif name in "pq":
            scope[name] = result
        else:
            self.integers[name] = result
        return result

    def _read(self, name: str, scope: dict[str, int], function: str) -> int:
        if name == "kept":
            return self.kept.get(function, 2)
        return scope[name] if name in "pq" else self.integers.get(name, 0)

    def _call(self, name: str, p: int, q: int) -> int:
        function = next(one for one in self.program.functions if one.name == name)
        scope = {"p": p, "q": q}
        for node in function.body:
            self._statement(node, scope, name)
        return self._number(function.result, scope, name)

    def _take(self, key: int) -> int:
        """What a bag gives for a key, and no longer has then: of several pairs, the newest."""
        for number in reversed(range(len(self.pairs))):
            if self.pairs[number][0] == key:
                return self.pairs.pop(number)[1]
        return 0
