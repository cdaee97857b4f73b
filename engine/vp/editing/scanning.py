# SPDX-License-Identifier: GPL-2.0-or-later
"""The tokens of a text that is being edited: after an edit only what it may have changed is read again."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from typing import NamedTuple, cast

from engine.vp.diagnostics.source import SourceText
from engine.vp.editing.token_list import TokenList, end_of, moved, start_of
from engine.vp.editing.tokens import Read, Token, read

RECENT = 16
"""Texts whose tokens are kept: an editor asks for those of one text several times after each key."""
REACH = 4000
"""Characters before and behind an edit that are read at once while a person types; a screen shows fewer."""
Reader = Callable[..., Iterator[Read]]
"""Reads a text from an offset in a state; without a state, from the start."""


class Behind(NamedTuple):
    """What is known behind a token."""

    state: Hashable
    """what the tokens behind it depend on, beside the text"""
    is_sure: bool = True
    """no token up to here depends on the text behind it, as one with an open quote does"""


class Scanner:
    """Gives the tokens of texts in a language and remembers those of the last ones."""

    def __init__(self, read: Reader, reach: int = sys.maxsize) -> None:
        """Begin with no text.

        Args:
            read: the language's tokens.
            reach: Characters before and behind an edit that are read, and of one that puts in more. The text beyond
                them is taken to be what it was before, as it will be again when the quote, bracket or comment that was
                typed is closed.
        """
        self._read = read
        self._reach = reach
        self._recent: deque[tuple[str, TokenList]] = deque(maxlen=RECENT)

    def forget(self) -> None:
        """Read the next text from its start."""
        self._recent.clear()

    def know(self, source: str, tokens: TokenList) -> None:
        """Take in the tokens of a text that were read elsewhere."""
        self._recent.append((source, tokens))

    def afresh(self, source: str) -> TokenList:
        """The tokens of a text that is like no other; they are not kept."""
        return Scanner(self._read).scan(source)

    def scan(self, source: str) -> TokenList:
        """The tokens of a text in order, without white space. Malformed text is a token of kind ERROR."""
        recent = tuple(self._recent)[::-1]
        known = next((tokens for text, tokens in recent if text == source), None)
        if known is not None:
            return known
        for before in recent:
            start, end = _same(before[0], source)
            if 2 * (start + end) >= min(len(source), len(before[0])):
                break
        else:
            before, start, end = ("", TokenList()), 0, 0
        made = self._after_edit(before[1], _Edit(before[0], source, start, len(source) - end))
        self.know(source, made)
        return made

    def _after_edit(self, tokens: TokenList, edit: _Edit) -> TokenList:
        """The tokens of a text, from those of one before an edit.

        A token that ends before a blank before the edit is the same, unless a malformed one comes before it. Below the
        edit the first token that stood there before, in the same state, brings the rest along.
        """
        size = rest = len(tokens)
        limit = edit.limit(self._reach)
        text = SourceText("", edit.text[:limit])
        count = self._unchanged(tokens, edit)
        begin = (text.offset(*end_of(tokens[count - 1])), behind(tokens, count).state) if count else ()
        is_sure = not count or behind(tokens, count).is_sure
        old, there = -1, None
        ahead: Iterator[Token] = iter(())
        made: list[Token] = []
        states: list[Behind] = []
        for each in self._read(text, *begin):
            is_sure = is_sure and not each.malformed
            made.append(each.token)
            states.append(Behind(each.state, is_sure))
            if each.start < edit.end:
                continue
            was = edit.before(each.token)
            if old < 0:
                old = tokens.before(*start_of(was))
                ahead = tokens.onwards(old)
                there = next(ahead, None)
            while there is not None and start_of(there) < start_of(was):
                old, there = old + 1, next(ahead, None)
            if there == was and behind(tokens, old + 1) == states[-1]:
                rest = old + 1
                break
        else:
            if limit < len(edit.text):
                rest = tokens.before(*edit.place_before(max(limit, edit.end)))
        for old in range(rest, size):
            if tokens[old].line != edit.old_line:
                break
            made.append(edit.after(tokens[old]))
            states.append(behind(tokens, old + 1))
            rest += 1
        return tokens.spliced(count, TokenList(made, states), rest, edit.lines)

    def _unchanged(self, tokens: TokenList, edit: _Edit) -> int:
        """The number of tokens that an edit leaves as they were."""
        last = tokens.ended(*edit.start)
        first = min(last, tokens.before(*edit.place_above(self._reach)))
        nearest = first
        for count in range(last, first, -1):
            if count == len(tokens) or end_of(tokens[count - 1]) != start_of(tokens[count]):
                if behind(tokens, count).is_sure:
                    return count
                nearest = max(nearest, count)
        return nearest if first else 0


def behind(tokens: TokenList, count: int) -> Behind:
    """What is known behind the first `count` tokens of a scanned text."""
    return cast("Behind", tokens.state(count - 1))


class _Edit:
    """A text that has its first `start` characters, and those from `end` on, in common with an earlier one."""

    def __init__(self, before: str, text: str, start: int, end: int) -> None:
        self.text, self._start, self.end = text, start, end
        self.start = _place(text, start)
        line, column = _place(text, end)
        self._before, self._grown = before, len(text) - len(before)
        self.old_line, old_column = self.place_before(end)
        self.lines, self._columns = line - self.old_line, column - old_column

    def limit(self, reach: int) -> int:
        """The offset of the end of the line so many characters below the edit, or below the start of a longer one."""
        begin = self.end if self.end - self._start <= reach else self._start
        end = self.text.find("\n", min(begin + reach, len(self.text)))
        return len(self.text) if end < 0 else end

    def place_above(self, reach: int) -> tuple[int, int]:
        """Line and column so many characters above the edit."""
        return _place(self.text, max(0, self._start - reach))

    def place_before(self, offset: int) -> tuple[int, int]:
        """Line and column that a character below the edit had in the earlier text."""
        return _place(self._before, offset - self._grown)

    def before(self, token: Token) -> Token:
        """The place that a token behind the edit had before."""
        return self._moved(token, self.old_line + self.lines, -1)

    def after(self, token: Token) -> Token:
        """The place that a token behind the edit has now."""
        return self._moved(token, self.old_line, 1)

    def _moved(self, token: Token, line: int, way: int) -> Token:
        columns = way * self._columns
        return moved(token, way * self.lines, columns * (token.line == line), columns * (token.end_line == line))


def _place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of a character; looks only at the text before it."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


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


VP = Scanner(read)
scan = VP.scan
"""The tokens of a VP text."""
TYPED = Scanner(read, REACH)
"""For a text that is being typed; used by one thread."""
