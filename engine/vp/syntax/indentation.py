# SPDX-License-Identifier: GPL-2.0-or-later
"""Parentheses that match but not as the text is laid out: what a form has too much may be meant for the form around."""

from __future__ import annotations

from engine.vp.diagnostics.diagnostic import Fix, Span
from engine.vp.diagnostics.source import SourceText


def ends_too_late(source: SourceText, form: Span, last: Span, surplus: Span) -> tuple[str, Fix] | None:
    """A note and a fix for a form whose surplus part begins a line of its own, no deeper than the form itself.

    `last` is the part before the surplus one.
    """
    if surplus.line == last.end_line or surplus.column > form.column:
        return None
    stretch = Span(last.end_line, last.end_column, form.end_line, form.end_column)
    note = f"line {surplus.line} is indented as if the form of line {form.line} were complete before it"
    fix = Fix(stretch, ")" + source.text_of(stretch)[:-1], f"close the form at the end of line {last.end_line}")
    return note, fix


def ends_too_early(source: SourceText, before: Span, form: Span) -> tuple[str, Fix] | None:
    """A note and a fix for a form that stands outside of all others, but indented deeper than the one before it."""
    if form.column <= before.column and form.line > before.end_line:
        return None
    inside = Span(before.end_line, before.end_column, form.end_line, form.end_column)
    stretch = Span(before.end_line, before.end_column - 1, form.end_line, form.end_column)
    note = f"the form that begins in line {before.line} ends in line {before.end_line}, before this one"
    return note, Fix(stretch, source.text_of(inside) + ")", f"take it into the form of line {before.line}")
