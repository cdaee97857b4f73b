# SPDX-License-Identifier: GPL-2.0-or-later
"""Diagnostics as clients of a VM get them."""

from __future__ import annotations

from collections.abc import Sequence

from engine.vm.protocol import Place, Replacement
from engine.vp.diagnostics.diagnostic import Diagnostic, Fix, Severity, Span


def places_of(diagnostics: Sequence[Diagnostic]) -> tuple[Place, ...]:
    """Diagnostics as they cross the socket."""
    return tuple(
        Place(
            code=found.code,
            severity=found.severity.value,
            message=found.message,
            file=found.file,
            line=found.span.line,
            column=found.span.column,
            end_line=found.span.end_line,
            end_column=found.span.end_column,
            source_line=found.source_line,
            expected=found.expected,
            suggestions=found.suggestions,
            notes=found.notes,
            fix=_replacement(found.fix),
        )
        for found in diagnostics
    )


def _replacement(fix: Fix | None) -> Replacement | None:
    if fix is None:
        return None
    span = fix.span
    return Replacement(span.line, span.column, span.end_line, span.end_column, fix.text, fix.title)


def diagnostics_of(places: Sequence[Place]) -> tuple[Diagnostic, ...]:
    """Diagnostics as they came over the socket, for showing them."""
    return tuple(
        Diagnostic(
            code=place.code,
            severity=Severity(place.severity),
            message=place.message,
            file=place.file,
            span=Span(place.line, place.column, place.end_line, place.end_column),
            source_line=place.source_line,
            expected=place.expected,
            suggestions=place.suggestions,
            notes=place.notes,
            fix=_fix(place.fix),
        )
        for place in places
    )


def _fix(replacement: Replacement | None) -> Fix | None:
    if replacement is None:
        return None
    span = Span(replacement.line, replacement.column, replacement.end_line, replacement.end_column)
    return Fix(span, replacement.text, replacement.title)
