# SPDX-License-Identifier: GPL-2.0-or-later
"""The tokens of a text that is being edited: after an edit only what it may have changed is read again."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from engine.vp.editing.tokens import Read, Token, read

TEXTS = 16
"""Texts whose tokens are kept: an editor asks for those of one text several times after each key."""
RECENT = 4
"""Texts of which the next one may be an edit."""
Reader = Callable[..., Iterator[Read]]
"""Reads a text from an offset in a state; without a state, from the start."""


@dataclass(frozen=True, slots=True)
class _Scanned:
    """A text without malformed tokens, with its tokens, their character offsets, and the states behind them."""

    text: str = ""
    tokens: tuple[Token, ...] = ()
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    states: tuple[Hashable, ...] = ()


class Scanner:
    """Gives the tokens of texts in a language and remembers those of the last ones."""

    def __init__(self, read: Reader) -> None:
        self._read = read
        self._recent: deque[_Scanned] = deque(maxlen=RECENT)
        self.scan = lru_cache(maxsize=TEXTS)(self._scan)
        """The tokens of a text in order, without white space. Malformed text is a token of kind ERROR."""

    def forget(self) -> None:
        """Read the next text from its start."""
        self._recent.clear()
        self.scan.cache_clear()

    def _scan(self, source: str) -> tuple[Token, ...]:
        for before in reversed(tuple(self._recent)):
            start, end = _same(before.text, source)
            if 2 * (start + end) >= len(source):
                return self._after_edit(before, source, start, end)
        return self._after_edit(_Scanned(), source, 0, 0)

    def _after_edit(self, before: _Scanned, source: str, start: int, end: int) -> tuple[Token, ...]:
        """The tokens of a text that has its first `start` and its last `end` characters in common with an earlier one.

        A token that ends before a blank before the first difference is the same. Behind the last difference the first
        token that stood there before, in the same state, brings the rest along; in a malformed text every token is
        read to the end.
        """
        count = bisect_left(before.ends, start)
        while count and not source[before.ends[count - 1]].isspace():
            count -= 1
        grown = len(source) - len(before.text)
        made: list[Read] = []
        rest = len(before.tokens)
        malformed = False
        begin = (before.ends[count - 1], before.states[count - 1]) if count else ()
        for each in self._read(source, *begin):
            made.append(each)
            malformed = malformed or each.malformed
            if each.start >= len(source) - end and not malformed:
                old = bisect_left(before.starts, each.start - grown)
                known = old < rest and (before.starts[old], before.ends[old]) == (each.start - grown, each.end - grown)
                if known and before.states[old] == each.state:
                    rest = old + 1
                    break
        tail = before.tokens[rest:]
        if tail:
            tail = _moved(tail, before.tokens[rest - 1], made[-1].token)
        tokens = (*before.tokens[:count], *(each.token for each in made), *tail)
        if not malformed:
            _, begun, ended, _, states = zip(*made, strict=True) if made else ((),) * 5
            starts = (*before.starts[:count], *begun, *map(grown.__add__, before.starts[rest:]))
            ends = (*before.ends[:count], *ended, *map(grown.__add__, before.ends[rest:]))
            states = (*before.states[:count], *states, *before.states[rest:])
            self._recent.append(_Scanned(source, tokens, starts, ends, states))
        return tokens


def _same(one: str, other: str) -> tuple[int, int]:
    """How many characters at the start, and at the end behind those, two texts have in common."""
    most = min(len(one), len(other))
    start = _longest(most, lambda length: one[:length] == other[:length])
    return start, _longest(most - start, lambda length: one[len(one) - length :] == other[len(other) - length :])


def _longest(most: int, same: Callable[[int], bool]) -> int:
    """The greatest length up to `most` for which `same` is true, as it is for every smaller one."""
    least = 0
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if same(middle) else (least, middle - 1)
    return least


def _moved(tokens: tuple[Token, ...], old: Token, new: Token) -> tuple[Token, ...]:
    """Tokens with their places moved as that of the token before them was."""
    lines, columns, line = new.end_line - old.end_line, new.end_column - old.end_column, old.end_line
    beside = 0
    """how many of them begin in that line: their columns, too, have moved"""
    while beside < len(tokens) and tokens[beside].line == line:
        beside += 1
    make = Token._make  # there may be ten thousands of them after each line that is inserted
    changed = [
        make((kind, text, at + lines, column + columns, end + lines, end_column + columns * (end == line)))
        for kind, text, at, column, end, end_column in tokens[:beside]
    ]
    if not lines:
        return *changed, *tokens[beside:]
    below = (
        make((kind, text, at + lines, column, end + lines, end_column))
        for kind, text, at, column, end, end_column in tokens[beside:]
    )
    return *changed, *below


VP = Scanner(read)
scan = VP.scan
"""The tokens of a VP text."""
