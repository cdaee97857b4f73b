# SPDX-License-Identifier: GPL-2.0-or-later
"""The tokens of a text that is being edited: after an edit only what it may have changed is read again."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from typing import NamedTuple, cast

from engine.vp.diagnostics.source import SourceText
from engine.vp.editing.token_list import TokenList, end_of, moved, start_of
from engine.vp.editing.tokens import Read, Token, read

RECENT = 16
"""Texts whose tokens are kept: an editor asks for those of one text several times after each key."""
MOST_TYPED = 1000
"""Tokens below an edit that are read at once; a screen shows fewer."""
Reader = Callable[..., Iterator[Read]]
"""Reads a text from an offset in a state; without a state, from the start."""


class Behind(NamedTuple):
    """What is known behind a token."""

    state: Hashable
    """what the tokens behind it depend on, beside the text"""
    is_sure: bool = True
    """no token up to here depends on the text behind it, as one with an open quote does"""
    is_settled: bool = True
    """the reading of which the token is came to where it had been before"""


class Scanner:
    """Gives the tokens of texts in a language and remembers those of the last ones."""

    def __init__(self, read: Reader, most: int = sys.maxsize) -> None:
        """Begin with no text.

        Args:
            read: the language's tokens.
            most: Tokens below an edit that are read; below those, the text is taken to be what it was before, as it
                will be again when the quote or bracket that was typed is closed.
        """
        self._read = read
        self._most = most
        self._recent: deque[tuple[str, TokenList]] = deque(maxlen=RECENT)

    def forget(self) -> None:
        """Read the next text from its start."""
        self._recent.clear()

    def know(self, source: str, tokens: TokenList) -> None:
        """Take in the tokens of a text that were read elsewhere."""
        self._recent.append((source, tokens))

    def scan(self, source: str) -> TokenList:
        """The tokens of a text in order, without white space. Malformed text is a token of kind ERROR."""
        recent = tuple(self._recent)[::-1]
        known = next((tokens for text, tokens in recent if text == source), None)
        if known is not None:
            return known
        for before in recent:
            start, end = _same(before[0], source)
            if 2 * (start + end) >= len(source):
                break
        else:
            before, start, end = ("", TokenList()), 0, 0
        made = self._after_edit(*before, source, start, end)
        self.know(source, made)
        return made

    def _after_edit(self, old_text: str, tokens: TokenList, source: str, start: int, end: int) -> TokenList:
        """The tokens of a text that has its first `start` and its last `end` characters in common with an earlier one.

        A token that ends before a blank before the first difference is the same, unless a malformed one comes before
        it. Behind the last difference the first token that stood there before, in the same state, brings the rest
        along, unless a malformed one comes before it in one of the texts.
        """
        text = SourceText("", source)
        count = bisect_left(tokens, text.position(start), key=end_of)
        while count > 0 and not (
            behind(tokens, count).is_sure
            and (count == len(tokens) or end_of(tokens[count - 1]) != start_of(tokens[count]))
        ):
            count -= 1
        edit = _Edit(text, SourceText("", old_text), len(source) - end)
        size = rest = len(tokens)
        below, old, is_sure = 0, 0, True
        made: list[Token] = []
        states: list[Behind] = []
        begin = (text.offset(*end_of(tokens[count - 1])), behind(tokens, count).state) if count else ()
        for each in self._read(text, *begin):
            is_sure = is_sure and not each.malformed
            made.append(each.token)
            states.append(Behind(each.state, is_sure))
            if each.start < edit.same_from:
                continue
            was = edit.before(each.token)
            old = tokens.before(*start_of(was)) if not below else old
            while old < size and start_of(tokens[old]) < start_of(was):
                old += 1
            if is_sure and old < size and tokens[old] == was and behind(tokens, old + 1)[:2] == states[-1][:2]:
                rest = old + 1
                break
            below += 1
            if below >= self._most:
                later = tokens.before(*end_of(was))
                if later < size and behind(tokens, later + 1).is_settled:
                    states, rest = [one._replace(is_settled=False) for one in states], later
                    break
        for old in range(rest, size):
            if tokens[old].line != edit.old_line:
                break
            made.append(edit.after(tokens[old]))
            states.append(behind(tokens, old + 1))
            rest += 1
        return tokens.spliced(count, TokenList(made, states), rest, edit.lines)


def behind(tokens: TokenList, count: int) -> Behind:
    """What is known behind the first `count` tokens of a scanned text."""
    return cast("Behind", tokens.state(count - 1))


class _Edit:
    """Where the characters that two texts have in common at their ends begin, and how far those have moved."""

    def __init__(self, text: SourceText, before: SourceText, same_from: int) -> None:
        self.same_from = same_from
        """offset in the text after the edit"""
        line, column = text.position(same_from)
        self.old_line, old_column = before.position(same_from - len(text.text) + len(before.text))
        self.lines, self._columns = line - self.old_line, column - old_column

    def before(self, token: Token) -> Token:
        """The place that a token behind the edit had before."""
        return self._moved(token, self.old_line + self.lines, -1)

    def after(self, token: Token) -> Token:
        """The place that a token behind the edit has now."""
        return self._moved(token, self.old_line, 1)

    def _moved(self, token: Token, line: int, way: int) -> Token:
        columns = way * self._columns
        return moved(token, way * self.lines, columns * (token.line == line), columns * (token.end_line == line))


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
TYPED = Scanner(read, MOST_TYPED)
"""For a text that is being typed; used by one thread."""
