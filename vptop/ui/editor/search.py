# SPDX-License-Identifier: GPL-2.0-or-later
"""Find and replace: the matches of a pattern in a text, and the line in which a person types it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import ClassVar, NamedTuple

import re2
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from engine.errors import InputError
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.line_input import LineInput

MOST = 10_000
"""Matches that are looked for in one text."""
FIND = Scope(
    "Find",
    (
        Action("find.next", "enter,down", "next", "next match; in the second field: replace it", "Next"),
        Action("find.previous", "up", "previous", "previous match", "Previous"),
        Action("find.replace_all", "ctrl+a,alt+enter", "replace_all", "replace all", "Replace all", priority=True),
        Action("find.undo", "ctrl+z", "undo", "undo the last change of the text"),
        Action("find.close", "escape", "close", "close", "Close"),
    ),
    exclusive=True,
)


class PatternError(InputError):
    """A pattern that cannot be compiled; the text says why. Correct the pattern."""


class Match(NamedTuple):
    """A match within one line: row and columns from 0, the end exclusive."""

    row: int
    start: int
    end: int
    replacement: str


def find(text: str, pattern: str, replacement: str = "") -> list[Match]:
    r"""The matches of a pattern, line by line.

    Args:
        text: where to look.
        pattern: a text, or a regular expression after `re:` (RE2 syntax, matched in linear time). A pattern without
            an upper-case letter ignores case.
        replacement: what would take the place of each match; with `re:`, `\1` stands for the first group.

    Raises:
        PatternError: the expression is invalid.
    """
    is_regular = pattern.startswith("re:")
    expression = pattern.removeprefix("re:")
    if not expression:
        return []
    is_cased = any(letter.isupper() for letter in expression)
    found = (
        _expressions(text, expression, replacement, is_cased=is_cased)
        if is_regular
        else _words(text, pattern, is_cased=is_cased)
    )
    lines = text.split("\n")
    made: list[Match] = []
    row, begin = 0, 0
    for start, end, new in islice(found, MOST):
        while start > begin + len(lines[row]):
            begin += len(lines[row]) + 1
            row += 1
        made.append(Match(row, start - begin, end - begin, replacement if new is None else new))
    return made


Found = Iterator[tuple[int, int, str | None]]
"""Offsets of matches, and what takes the place of each if that is not the same for all."""


def _words(text: str, words: str, *, is_cased: bool) -> Found:
    """Where some characters stand: RE2 would take ten times as long for thousands of matches."""
    for match in re.finditer(re.escape(words), text, 0 if is_cased else re.IGNORECASE):
        yield match.start(), match.end(), None


def _expressions(text: str, expression: str, replacement: str, *, is_cased: bool) -> Found:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = is_cased
    try:
        compiled = re2.compile(expression, options)
        begin = 0
        for line in text.split("\n"):
            for match in compiled.finditer(line):
                if match.end() > match.start():
                    yield begin + match.start(), begin + match.end(), match.expand(replacement)
            begin += len(line) + 1
    except (re2.error, IndexError) as error:
        raise PatternError(f"invalid pattern: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else ""
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)


class FindBar(Horizontal):
    """A line with the pattern and its replacement."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(FIND)]

    class Changed(Message):
        """The pattern is another one."""

    class Step(Message):
        """Go to the next (1) or previous (-1) match."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Replace(Message):
        """Replace the match under the cursor, or all of them."""

        def __init__(self, *, every: bool) -> None:
            super().__init__()
            self.every = every

    class Undo(Message):
        """Undo the last change of the text."""

    class Closed(Message):
        """Back to the text."""

    def compose(self) -> ComposeResult:
        """Two fields and the number of matches."""
        yield LineInput(id="find-pattern", placeholder="find: text or re:pattern")
        yield LineInput(id="find-replacement", placeholder="replace by (Tab)")
        yield Static("", id="find-state", markup=False)

    @property
    def pattern(self) -> str:
        """What to look for; empty while the line is closed."""
        return self.query_one("#find-pattern", Input).value if self.display else ""

    @property
    def replacement(self) -> str:
        """What to put in its place."""
        return self.query_one("#find-replacement", Input).value

    def open(self, pattern: str) -> None:
        """Show the line; a pattern given takes the place of the last one."""
        self.display = True
        entry = self.query_one("#find-pattern", Input)
        if pattern:
            entry.value = pattern
        self.screen.set_focus(entry)
        self.post_message(self.Changed())

    def say(self, text: str) -> None:
        """Show the state of the search at the end of the line."""
        self.query_one("#find-state", Static).update(text)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_next()

    def action_next(self) -> None:
        """The next match, or replace this one."""
        if self.query_one("#find-replacement", Input).has_focus:
            self.post_message(self.Replace(every=False))
        else:
            self.post_message(self.Step(1))

    def action_previous(self) -> None:
        """The previous match."""
        self.post_message(self.Step(-1))

    def action_replace_all(self) -> None:
        """Replace all of them."""
        self.post_message(self.Replace(every=True))

    def action_undo(self) -> None:
        """Undo the last change of the text."""
        self.post_message(self.Undo())

    def action_close(self) -> None:
        """Close the line."""
        self.display = False
        self.post_message(self.Closed())
