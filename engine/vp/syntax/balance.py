# SPDX-License-Identifier: GPL-2.0-or-later
"""Unbalanced parentheses: where one is missing or too many, judged by indentation.

Only a region whose parentheses do not balance is examined. A `)` is missing before a line that is indented no deeper
than the line of a form that is still open, and before a new line in a form that has all its parts. A `)` is too many
before a line that is indented deeper than a form that was just closed. Each is reported and repaired in the list of
lexemes, so that the rest of the text is read as intended.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from engine.vp.diagnostics.diagnostic import Fix
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.syntax.lexemes import Lexeme
from engine.vp.tables.builtins import BUILTINS, SYNONYMS
from engine.vp.tables.forms import SPECIALS

TOP_LEVEL = frozenset(name for name, special in SPECIALS.items() if special.top_level)
_MOST_SHOWN = 20
_NEVER_A_CONDITION = frozenset({*SPECIALS, *BUILTINS, *SYNONYMS})
"""first words of forms; the parts of cond begin with a condition"""
_PAIR = 2
_PARAMETERS = 2
"""number of parts of a defun before its parameters"""


def balanced(source: SourceText, words: list[Lexeme], findings: Findings) -> list[Lexeme]:
    """The lexemes with parentheses that balance; what was added or removed is reported."""
    repaired: list[Lexeme] = []
    for region in _regions(source, words):
        depth, lowest = _depths(region)
        if depth == lowest == 0:
            repaired += region
        else:
            repaired += _Repair(source, findings, extra=-lowest, missing=depth - lowest).run(region)
    return repaired


def is_balanced(source: SourceText, words: list[Lexeme]) -> bool:
    """Whether every region of the text balances."""
    return all(_depths(region) == (0, 0) for region in _regions(source, words))


def _depths(words: list[Lexeme]) -> tuple[int, int]:
    """Number of parentheses open at the end, and the lowest number on the way."""
    depth = lowest = 0
    for word in words:
        depth += (word.kind == "OPEN") - (word.kind == "CLOSE")
        lowest = min(lowest, depth)
    return depth, lowest


def _regions(source: SourceText, words: list[Lexeme]) -> Iterator[list[Lexeme]]:
    """The lexemes from one definition or probe that begins a line up to the next one in the same column."""
    starts: list[tuple[int, int]] = []
    line = 0
    for index, (word, following) in enumerate(pairwise([*words, Lexeme("CLOSE", 0, 0)])):
        if word.kind == "OPEN" and source.text[following.start : following.end] in TOP_LEVEL:
            at, column = source.position(word.start)
            if at > line or not index:
                starts.append((index, column))
        if following.kind == "OPEN":
            line = source.position(word.end)[0]
    leftmost = min((column for _, column in starts), default=1)
    bounds = [0, *(index for index, column in starts if column == leftmost and index), len(words)]
    yield from (words[start:end] for start, end in pairwise(bounds) if start < end)


@dataclass(slots=True)
class _Open:
    """An open form: its place, the indentation of its line, its first word, and the number of its parts so far."""

    word: Lexeme
    line: int
    column: int
    indent: int
    head: str
    most: int | None
    is_parameters: bool = False
    """the parameter list of a defun"""
    parts: int = 0

    def is_complete(self, column: int, head: str) -> bool:
        """Whether a line that begins in `column` with a form `head` is hardly a part of this form."""
        if column <= self.indent or column == self.column or (self.is_parameters and head):
            return True
        return self.parts == self.most or (self.head == "cond" and head in _NEVER_A_CONDITION)


class _Repair:
    """Repairs one region, given the numbers of parentheses that are missing and too many."""

    def __init__(self, source: SourceText, findings: Findings, *, extra: int, missing: int) -> None:
        self._source = source
        self._findings = findings
        self._extra = extra
        self._missing = missing
        self._stack: list[_Open] = []
        self._run: list[tuple[_Open, int]] = []
        """forms that the preceding parentheses closed, and the positions of those in the result"""
        self._result: list[Lexeme] = []
        self._nothing_open: list[Lexeme] = []
        self._complete: _Open | None = None
        """the latest top-level form"""

    def run(self, words: list[Lexeme]) -> list[Lexeme]:
        """Report and repair the errors of the region."""
        last_line = indent = 0
        for word, following in pairwise([*words, Lexeme("END", 0, 0)]):
            line, column = self._source.position(word.start)
            is_first = line > last_line
            indent = column if is_first else indent
            if word.kind == "CLOSE":
                if is_first:
                    self._close_above(line, column)
                self._close(word)
            else:
                self._report_nothing_open()
                head = self._source.text[following.start : following.end] if word.kind == "OPEN" else ""
                if self._stack or head not in TOP_LEVEL:
                    self._check_indentation(line, column if is_first else None, head)
                around = self._stack[-1] if self._stack else None
                parameters = around is not None and around.head == "defun" and around.parts == _PARAMETERS
                self._add(word, _Open(word, line, column, indent, head, self._most_parts(head), parameters))
            last_line = self._source.position(word.end)[0]
        self._report_nothing_open()
        if self._stack:
            self._report_missing(self._stack, None)
        return self._result

    def _add(self, word: Lexeme, form: _Open) -> None:
        self._run.clear()
        self._result.append(word)
        if self._stack:
            self._stack[-1].parts += 1
        if word.kind == "OPEN":
            self._stack.append(form)

    def _most_parts(self, head: str) -> int | None:
        """Largest number of parts of a form, its first word included; None if unknown."""
        if self._stack and self._stack[-1].head == "cond":
            return _PAIR
        if head in SPECIALS:
            return SPECIALS[head].most
        builtin = BUILTINS.get(SYNONYMS.get(head, head))
        return None if builtin is None or builtin.most is None else builtin.most + 1

    def _close(self, word: Lexeme) -> None:
        if not self._stack:
            self._nothing_open.append(word)
            return
        self._run.append((self._stack.pop(), len(self._result)))
        self._complete = self._run[-1][0] if not self._stack else self._complete
        self._result.append(word)

    def _report_nothing_open(self) -> None:
        """Report consecutive parentheses that close nothing."""
        if self._nothing_open:
            why = f"the form on line {self._complete.line} is already closed" if self._complete else "no form is open"
            self._report_extra(self._nothing_open, why)
            self._nothing_open = []

    def _check_indentation(self, line: int, column: int | None, head: str) -> None:
        """Compare the indentation of a word with the forms around it; column is None within a line."""
        if self._extra and self._run:
            wrong = self._closed_too_early(column)
            if wrong:
                self._reopen(wrong, line)
        if self._missing and column is not None:
            self._close_before(line, column, head)

    def _closed_too_early(self, column: int | None) -> int:
        """How many of the preceding parentheses close forms that this word still belongs to."""
        if column is not None:
            for count in range(min(self._extra, len(self._run)), 0, -1):
                form = self._run[-count][0]
                if form.indent == form.column < column:
                    return count
            around = self._stack[-1] if self._stack else None
            if around is not None and around.parts == around.most and self._run[-1][0].most is None:
                return 1
        return 0 if self._stack else 1

    def _reopen(self, count: int, line: int) -> None:
        wrong = self._run[-count:]
        words = [self._result[index] for _, index in wrong]
        outer = wrong[-1][0]
        self._report_extra(words, f"line {line} belongs to the form on line {outer.line}")
        del self._result[wrong[0][1]]
        for _ in wrong[1:]:
            del self._result[wrong[0][1]]
        self._stack += [form for form, _ in reversed(wrong)]
        self._extra -= count

    def _close_above(self, line: int, column: int) -> None:
        """A `)` at the beginning of a line closes the form whose line begins in that column: close the forms inside."""
        if not any(form.indent == form.column == column for form in self._stack):
            return
        closed: list[_Open] = []
        while self._missing and self._stack[-1].indent > column and self._stack[-1].line < line:
            closed.insert(0, self._stack.pop())
            self._missing -= 1
        if closed:
            self._report_missing(closed, line)

    def _close_before(self, line: int, column: int, head: str) -> None:
        """Close the forms that a line with this indentation ends; the outermost form stays open."""
        closed: list[_Open] = []
        while self._missing and len(self._stack) > 1:
            top = self._stack[-1]
            if top.line >= line or not top.is_complete(column, head):
                break
            closed.insert(0, self._stack.pop())
            self._missing -= 1
        if closed:
            self._report_missing(closed, line)

    def _report_missing(self, forms: list[_Open], line: int | None) -> None:
        count, end = len(forms), self._result[-1].end
        place = self._source.span(end, end)
        start = forms[0].word.start
        shown = ")" * min(count, _MOST_SHOWN)
        self._findings.add(
            "E101", self._source, self._source.span(start, start + 1),
            f"unclosed form: {_parentheses(count)} missing",
            expected=f"`{shown}` at the end of line {place.line}, column {place.column}",
            notes=(f"the indentation of line {line} suggests that this form ends before it",) if line else (),
            fix=Fix(place, ")" * count, f"close the form at the end of line {place.line}"),
        )  # fmt: skip
        self._result += [Lexeme("CLOSE", end, end)] * count

    def _report_extra(self, words: list[Lexeme], why: str) -> None:
        count, span = len(words), self._source.span(words[0].start, words[-1].end)
        fix = Fix(span, "", f"remove {'it' if count == 1 else 'them'}")
        adjacent = words[-1].end - words[0].start == count
        message = f"{_parentheses(count)} too many: {why}"
        self._findings.add("E102", self._source, span, message, fix=fix if adjacent else None)


def _parentheses(count: int) -> str:
    return "one `)`" if count == 1 else f"{count} `)`"
