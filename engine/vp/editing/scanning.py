# SPDX-License-Identifier: GPL-2.0-or-later
"""The tokens of a text that is being edited: after an edit only what it may have changed is read again."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from engine.vp.diagnostics.source import SourceText
from engine.vp.editing.token_list import TokenList, end_of, moved, start_of
from engine.vp.editing.tokens import Read, Token, read

TEXTS = 16
"""Texts whose tokens are kept: an editor asks for those of one text several times after each key."""
RECENT = 4
"""Texts of which the next one may be an edit."""
Reader = Callable[..., Iterator[Read]]
"""Reads a text from an offset in a state; without a state, from the start."""


@dataclass(frozen=True, slots=True)
class _Scanned:
    """A text with its tokens."""

    text: str = ""
    tokens: TokenList = field(default_factory=TokenList)
    malformed: int = 0
    """the number of tokens before the first malformed one"""


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

    def _scan(self, source: str) -> TokenList:
        for before in reversed(tuple(self._recent)):
            start, end = _same(before.text, source)
            if 2 * (start + end) >= len(source):
                break
        else:
            before, start, end = _Scanned(), 0, 0
        made = self._after_edit(before, source, start, end)
        self._recent.append(made)
        return made.tokens

    def _after_edit(self, before: _Scanned, source: str, start: int, end: int) -> _Scanned:
        """The tokens of a text that has its first `start` and its last `end` characters in common with an earlier one.

        A token that ends before a blank before the first difference is the same, unless a malformed one comes before
        it. Behind the last difference the first token that stood there before, in the same state, brings the rest
        along, unless a malformed one comes before it in one of the texts.
        """
        text, tokens = SourceText("", source), before.tokens
        count = min(bisect_left(tokens, text.position(start), key=end_of), before.malformed)
        while 0 < count < len(tokens) and end_of(tokens[count - 1]) == start_of(tokens[count]):
            count -= 1
        edit = _Edit(text, SourceText("", before.text), len(source) - end)
        rest, malformed, first_malformed = len(tokens), False, 0
        made: list[Read] = []
        begin = (text.offset(*end_of(tokens[count - 1])), tokens.state(count - 1)) if count else ()
        for each in self._read(text, *begin):
            first_malformed += not malformed and not each.malformed
            made.append(each)
            malformed = malformed or each.malformed
            if each.start >= edit.same_from and not malformed:
                was = edit.before(each.token)
                old = tokens.before(*start_of(was))
                if old < before.malformed and tokens[old] == was and tokens.state(old) == each.state:
                    rest = old + 1
                    break
        beside: list[Token] = []
        for old in range(rest, len(tokens)):
            if tokens[old].line != edit.old_line:
                break
            beside.append(edit.after(tokens[old]))
        states = [*(each.state for each in made), *(tokens.state(rest + at) for at in range(len(beside)))]
        middle = TokenList([*(each.token for each in made), *beside], states)
        whole = tokens.spliced(count, middle, rest + len(beside), edit.lines)
        clean = before.malformed - rest if rest < len(tokens) else 0
        return _Scanned(source, whole, count + first_malformed + clean)


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
