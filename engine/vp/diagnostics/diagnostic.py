# SPDX-License-Identifier: GPL-2.0-or-later
"""Diagnostics: what is wrong with a script, where, and how to correct it."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """The severity of a diagnostic: a script with an error does not load."""

    ERROR = "error"
    WARNING = "warning"


class Span(msgspec.Struct, frozen=True):
    """A stretch of source text; lines and columns count from 1, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int

    def __contains__(self, other: Span) -> bool:
        """Whether another stretch is a part of this one."""
        begins = (self.line, self.column) <= (other.line, other.column)
        return begins and (other.end_line, other.end_column) <= (self.end_line, self.end_column)


class Fix(msgspec.Struct, frozen=True):
    """A replacement of a stretch of text that corrects the error."""

    span: Span
    text: str
    title: str


class Diagnostic(msgspec.Struct, frozen=True):
    """One finding: code, place and message, what was expected, nearest known names, notes, and a fix if known."""

    code: str
    severity: Severity
    message: str
    file: str
    span: Span
    source_line: str
    expected: str = ""
    suggestions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    fix: Fix | None = None

    @property
    def place(self) -> str:
        """`file:line:column`, as editors and terminals understand it."""
        return f"{self.file}:{self.span.line}:{self.span.column}"
