# SPDX-License-Identifier: GPL-2.0-or-later
"""Diagnostics as clients of a VM get them."""

from __future__ import annotations

from collections.abc import Sequence

from engine.vm.protocol import Place, Replacement
from engine.vp.diagnostics.diagnostic import Diagnostic, Fix


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
