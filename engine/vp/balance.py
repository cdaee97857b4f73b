# SPDX-License-Identifier: GPL-2.0-or-later
"""Parentheses that do not match: where one is missing or too many, judged by indentation.

Only a stretch of text whose parentheses do not match is judged. There, a line that begins no deeper than a form above
it which is still open tells that this form lacks its end; a line that begins deeper than a form which the parentheses
before it have closed tells that they close too much. What is found is reported there and mended, so that everything
else in the text is read as it was meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from engine.vp.diagnostics import Fix
from engine.vp.lexemes import Lexeme
from engine.vp.source import Findings, SourceText
from engine.vp.tables.builtins import SPECIALS

TOP_LEVEL = frozenset(name for name, special in SPECIALS.items() if special.top_level)
_MOST_SHOWN = 20


def balanced(source: SourceText, words: list[Lexeme], findings: Findings) -> list[Lexeme]:
    """The same lexemes with as many closing parentheses as opening ones, each where it belongs."""
    mended: list[Lexeme] = []
    for region in _regions(source, words):
        depth, lowest = _depths(region)
        if depth == lowest == 0:
            mended += region
        else:
            mended += _Mender(source, findings, extra=-lowest, missing=depth - lowest).mend(region)
    return mended


def is_balanced(source: SourceText, words: list[Lexeme]) -> bool:
    """True when every form from one definition or probe to the next is closed."""
    return all(_depths(region) == (0, 0) for region in _regions(source, words))


def begins_definition(source: SourceText, word: Lexeme, following: Lexeme | None) -> bool:
    """A parenthesis with the word of a definition or probe behind it."""
    if word.kind != "OPEN" or following is None:
        return False
    return source.text[following.start : following.end] in TOP_LEVEL


def _depths(words: list[Lexeme]) -> tuple[int, int]:
    """How many parentheses are open at the end, and the lowest number on the way there."""
    depth = lowest = 0
    for word in words:
        depth += (word.kind == "OPEN") - (word.kind == "CLOSE")
        lowest = min(lowest, depth)
    return depth, lowest


def _regions(source: SourceText, words: list[Lexeme]) -> Iterator[list[Lexeme]]:
    """The text from one definition or probe that begins a line to the next one that is indented no deeper."""
    starts: list[tuple[int, int]] = []
    line = 0
    for index, (word, following) in enumerate(pairwise([*words, Lexeme("CLOSE", 0, 0)])):
        if word.kind == "OPEN" and begins_definition(source, word, following):
            at, column = source.position(word.start)
            if at > line or not index:
                starts.append((index, column))
        line = source.position(word.end)[0] if following.kind == "OPEN" else line
    leftmost = min((column for _, column in starts), default=1)
    bounds = [0, *(index for index, column in starts if column == leftmost and index), len(words)]
    yield from (words[start:end] for start, end in pairwise(bounds) if start < end)


@dataclass(frozen=True, slots=True)
class _Open:
    """An opening parenthesis."""

    word: Lexeme
    line: int
    column: int


class _Mender:
    """Mends one region of which it is known how many parentheses are missing, and how many too many."""

    def __init__(self, source: SourceText, findings: Findings, *, extra: int, missing: int) -> None:
        self._source = source
        self._findings = findings
        self._extra = extra
        self._missing = missing
        self._stack: list[_Open] = []
        self._run: list[tuple[_Open, int]] = []
        """forms that the parentheses right before close, and where those stand in the result"""
        self._result: list[Lexeme] = []
        self._complete: _Open | None = None
        """the latest form that was outside of all others"""

    def mend(self, words: list[Lexeme]) -> list[Lexeme]:
        """The region with its errors reported and mended."""
        last_line = 0
        for word, following in pairwise([*words, Lexeme("END", 0, 0)]):
            line, column = self._source.position(word.start)
            if word.kind == "CLOSE":
                self._close(word)
            else:
                self._look_at_place(word, line, column if line > last_line else None, following)
                self._run.clear()
                self._result.append(word)
                if word.kind == "OPEN":
                    self._stack.append(_Open(word, line, column))
            last_line = self._source.position(word.end)[0]
        if self._stack:
            self._report_missing(self._stack, None)
        return self._result

    def _close(self, word: Lexeme) -> None:
        if self._stack:
            self._run.append((self._stack.pop(), len(self._result)))
            self._complete = self._run[-1][0] if not self._stack else self._complete
            self._result.append(word)
            return
        after = f" that begins in line {self._complete.line}" if self._complete else ""
        message = f"this parenthesis closes nothing: the form{after} is complete" if after else "nothing is open here"
        self._report_extra([word], message, ())

    def _look_at_place(self, word: Lexeme, line: int, column: int | None, following: Lexeme) -> None:
        """Compare the place of a word with the forms around it; column is None in the middle of a line."""
        if not self._stack and begins_definition(self._source, word, following):
            return
        if self._extra and self._run:
            wrong = self._closed_too_early(column)
            if wrong:
                self._reopen(wrong, line)
        if self._missing and column is not None:
            self._close_before(line, column)

    def _closed_too_early(self, column: int | None) -> int:
        """How many of the parentheses right before close forms that this word still belongs to."""
        for index, (form, _) in enumerate(self._run):
            if column is not None and form.column < column:
                return len(self._run) - index if len(self._run) - index <= self._extra else 0
        return 0 if self._stack else 1

    def _reopen(self, count: int, line: int) -> None:
        wrong = self._run[-count:]
        words = [self._result[index] for _, index in wrong]
        outer = wrong[-1][0]
        message = f"{_these(count)} the form of line {outer.line} too early: line {line} still belongs to it"
        self._report_extra(words, message, ())
        del self._result[wrong[0][1]]
        for _ in wrong[1:]:
            del self._result[wrong[0][1]]
        self._stack += [form for form, _ in reversed(wrong)]
        self._extra -= count

    def _close_before(self, line: int, column: int) -> None:
        """Close what is open although a line begins no deeper; the form around all stays open."""
        closed: list[_Open] = []
        while self._missing and len(self._stack) > 1:
            top = self._stack[-1]
            if top.column < column or top.line >= line:
                break
            closed.insert(0, self._stack.pop())
            self._missing -= 1
        if closed:
            self._report_missing(closed, line)

    def _report_missing(self, forms: list[_Open], line: int | None) -> None:
        count, end = len(forms), self._result[-1].end
        place = self._source.span(end, end)
        plural = "parenthesis" if count == 1 else "parentheses"
        start = forms[0].word.start
        shown = ")" * min(count, _MOST_SHOWN)
        self._findings.add(
            "E101", self._source, self._source.span(start, start + 1),
            f"this form is not closed: {count} closing {plural} missing",
            expected=f"`{shown}` at the end of line {place.line}, column {place.column}",
            notes=(f"line {line} is indented as if this form were complete",) if line else (),
            fix=Fix(place, ")" * count, f"close the form at the end of line {place.line}"),
        )  # fmt: skip
        self._result += [Lexeme("CLOSE", end, end)] * count

    def _report_extra(self, words: list[Lexeme], message: str, notes: tuple[str, ...]) -> None:
        span = self._source.span(words[0].start, words[-1].end)
        adjacent = words[-1].end - words[0].start == len(words)
        fix = Fix(span, "", "remove the parenthesis" if len(words) == 1 else "remove the parentheses")
        expected = f"{len(words)} parenthes{'is' if len(words) == 1 else 'es'} less here"
        self._findings.add(
            "E102", self._source, span, message, expected=expected, notes=notes, fix=fix if adjacent else None
        )  # fmt: skip


def _these(count: int) -> str:
    return "this parenthesis closes" if count == 1 else "these parentheses close"
