# SPDX-License-Identifier: GPL-2.0-or-later
"""A parser between two words: it takes one word at a time, can be copied, and knows which words may follow.

The tables and the calls that build the tree are lark's. Its own driver takes more than half of the time of a
translation: each name passes some fifteen levels of operators, which are one step here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from lark import Lark, Tree

from engine.emmett.syntax.ast import Item
from engine.emmett.syntax.builder import tree_parser
from engine.emmett.syntax.words import Word

_END = "$END"
_Reduction = tuple[Callable[[list[Any]], Any] | None, int, str]
"""What makes a node, None for a level that only passes its one part on; the number of parts; the rule's name."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The grammar as an automaton (LALR): by state and terminal the next state, or what is complete there."""

    start: int
    end: int
    actions: dict[int, dict[str, int | _Reduction]]
    gotos: dict[int, dict[str, int]]
    """by state and rule"""
    passed: dict[tuple[int, int, str], int] = field(default_factory=dict)
    """states behind levels that only pass a part on, by the state below, the state and the terminal"""

    @classmethod
    def of(cls, parser: Lark) -> Tables:
        """The tables of a grammar."""
        conf = parser.parse_interactive().parser_state.parse_conf
        actions: dict[int, dict[str, int | _Reduction]] = {}
        gotos: dict[int, dict[str, int]] = {}
        for state, row in conf.states.items():
            actions[state], gotos[state] = {}, {}
            for symbol, (_, target) in row.items():
                name = str(symbol)
                if not isinstance(target, int):
                    passes = len(target.expansion) == 1 and target.options.expand1 and not target.alias
                    passes = passes and not any(target.options.empty_indices)
                    build = None if passes else conf.callbacks[target]
                    actions[state][name] = build, len(target.expansion), str(target.origin.name)
                elif name.isupper() or name == _END:
                    actions[state][name] = target
                else:
                    gotos[state][name] = target
        return cls(conf.start_state, conf.end_state, actions, gotos)


@cache
def tables() -> Tables:
    """The tables of Emmett's grammar."""
    return Tables.of(tree_parser())


class Cursor:
    """A place in a program: the states and parts of what is not complete."""

    __slots__ = ("_states", "_tables", "_values")

    def __init__(self) -> None:
        self._tables = tables()
        self._states = [self._tables.start]
        self._values: list[Any] = []

    def copy(self) -> Cursor:
        """A cursor that goes on from here; lists are copied too, as lark appends to them in place."""
        found = Cursor()
        found._states = [*self._states]
        found._values = [Tree(one.data, list(one.children)) if isinstance(one, Tree) else one for one in self._values]
        return found

    def feed(self, word: Word) -> bool:
        """Take a word; False when it cannot stand here."""
        if not self._reduce(word.type, self._values):
            return False
        self._states.append(cast(int, self._tables.actions[self._states[-1]][word.type]))
        self._values.append(word)
        return True

    def finished(self) -> list[Item] | None:
        """All items, when the program may end here; it cannot go on afterwards."""
        if not self._reduce(_END, self._values) or self._states[-1] != self._tables.end:
            return None
        return cast("list[Item]", self._values[-1])

    def choices(self) -> set[str]:
        """The terminals the table has an entry for; some of them may lead nowhere."""
        return set(self._tables.actions[self._states[-1]])

    def allowed(self) -> set[str]:
        """The terminals that may follow."""
        return {kind for kind in self.choices() if self._accepts(kind)}

    def _accepts(self, kind: str) -> bool:
        trial = Cursor()
        trial._states = [*self._states]
        return trial._reduce(kind, None)

    def _reduce(self, kind: str, values: list[Any] | None) -> bool:
        """Complete what is complete before a terminal; without `values` no tree is built. False: it cannot follow."""
        states, rows, gotos = self._states, self._tables.actions, self._tables.gotos
        while True:
            action = rows[states[-1]].get(kind)
            if action is None:
                return kind == _END and states[-1] == self._tables.end
            if isinstance(action, int):
                return True
            build, size, rule = action
            if build is None:
                states[-1] = self._pass(states[-2], states[-1], kind)
                continue
            parts = values[len(values) - size :] if values is not None else []
            if size:
                del states[-size:]
            states.append(gotos[states[-1]][rule])
            if values is not None:
                del values[len(values) - size :]
                values.append(build(parts))

    def _pass(self, below: int, state: int, kind: str) -> int:
        """The state behind all levels that only pass a part on."""
        key = below, state, kind
        found = self._tables.passed.get(key)
        if found is None:
            action: int | _Reduction | None = self._tables.actions[state][kind]
            found = state
            while isinstance(action, tuple) and action[0] is None:
                found = self._tables.gotos[below][action[2]]
                action = self._tables.actions[found].get(kind)
            self._tables.passed[key] = found
        return found
