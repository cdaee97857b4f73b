# SPDX-License-Identifier: GPL-2.0-or-later
"""Balanced parentheses that contradict the indentation: a surplus part may belong to another form."""

from __future__ import annotations

from engine.vp.diagnostics.diagnostic import Fix, Span
from engine.vp.diagnostics.source import SourceText


def ends_too_late(source: SourceText, form: Span, last: Span, surplus: Span) -> tuple[str, Fix] | None:
    """A note and a fix for a form whose surplus part begins a line and is indented no deeper than the form itself.

    Args:
        source: The text.
        form: The form with a part too many.
        last: Its last legitimate part.
        surplus: The part behind that.

    Returns:
        None if the indentation does not explain the surplus part.
    """
    if surplus.line == last.end_line or surplus.column > form.column:
        return None
    stretch = Span(last.end_line, last.end_column, form.end_line, form.end_column)
    note = f"the indentation of line {surplus.line} suggests that the form on line {form.line} ends before it"
    fix = Fix(stretch, ")" + source.text_of(stretch)[:-1], f"close the form at the end of line {last.end_line}")
    return note, fix


def ends_too_early(source: SourceText, before: Span, form: Span) -> tuple[str, Fix] | None:
    """A note and a fix for a top-level form that is indented deeper than the form before it; None if it is not."""
    if form.column <= before.column and form.line > before.end_line:
        return None
    inside = Span(before.end_line, before.end_column, form.end_line, form.end_column)
    stretch = Span(before.end_line, before.end_column - 1, form.end_line, form.end_column)
    note = f"the form on line {before.line} ends on line {before.end_line}, before this one"
    return note, Fix(stretch, source.text_of(inside) + ")", f"move it into the form on line {before.line}")
