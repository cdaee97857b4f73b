# SPDX-License-Identifier: GPL-2.0-or-later
"""The tokens of a text that is being edited: after an edit only what it may have changed is read again."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from engine.vp.editing.tokens import Read, Token, TokenKind, read

TEXTS = 16
"""Texts whose tokens are kept: an editor asks for those of one text several times after each key."""


@dataclass(frozen=True, slots=True)
class _Scanned:
    """A text without malformed tokens, with its tokens and their character offsets."""

    text: str
    tokens: tuple[Token, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


_recent: deque[_Scanned] = deque(maxlen=4)
"""Texts of which the next one may be an edit."""


@lru_cache(maxsize=TEXTS)
def scan(source: str) -> tuple[Token, ...]:
    """The tokens of a text in order, without white space. Malformed text is a token of kind ERROR."""
    for before in reversed(tuple(_recent)):
        start, end = _same(before.text, source)
        if 2 * (start + end) >= len(source):
            return _after_edit(before, source, start, end)
    return _after_edit(_Scanned("", (), (), ()), source, 0, 0)


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


def _after_edit(before: _Scanned, source: str, start: int, end: int) -> tuple[Token, ...]:
    """The tokens of a text that has its first `start` and its last `end` characters in common with an earlier one.

    A token that ends before the first difference is the same. Behind the last difference the first word that stood
    there before, too, brings the rest along; in a malformed text every token is read to the end.
    """
    count = bisect_left(before.ends, start)
    head = before.tokens[:count]
    word = next((token.text for token in reversed(head) if token.kind is not TokenKind.COMMENT), "")
    grown = len(source) - len(before.text)
    made: list[Read] = []
    rest = len(before.tokens)
    malformed = False
    for each in read(source, before.ends[count - 1] if count else 0, word):
        made.append(each)
        malformed = malformed or each.malformed
        if each.start >= len(source) - end and not malformed and each.token.kind is not TokenKind.COMMENT:
            old = bisect_left(before.starts, each.start - grown)
            if old < rest and (before.starts[old], before.ends[old]) == (each.start - grown, each.end - grown):
                rest = old + 1
                break
    tail = before.tokens[rest:]
    if tail:
        tail = _moved(tail, before.tokens[rest - 1], made[-1].token)
    tokens = (*head, *(each.token for each in made), *tail)
    if not malformed:
        starts = (*before.starts[:count], *(each.start for each in made), *(at + grown for at in before.starts[rest:]))
        ends = (*before.ends[:count], *(each.end for each in made), *(at + grown for at in before.ends[rest:]))
        _recent.append(_Scanned(source, tokens, starts, ends))
    return tokens


def _moved(tokens: tuple[Token, ...], old: Token, new: Token) -> tuple[Token, ...]:
    """Tokens with their places moved as that of the token before them was."""
    lines, columns, line = new.end_line - old.end_line, new.end_column - old.end_column, old.end_line
    if not lines and not columns:
        return tokens
    return tuple(
        Token(
            token.kind,
            token.text,
            token.line + lines,
            token.column + columns * (token.line == line),
            token.end_line + lines,
            token.end_column + columns * (token.end_line == line),
        )
        if lines or token.line == line
        else token
        for token in tokens
    )
