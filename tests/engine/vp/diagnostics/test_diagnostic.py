# SPDX-License-Identifier: GPL-2.0-or-later
"""Diagnostics as values."""

from __future__ import annotations

from engine.vp.diagnostics.diagnostic import Diagnostic, Severity, Span


def test_a_place_is_written_as_editors_understand_it() -> None:
    found = Diagnostic("E201", Severity.ERROR, "unknown ident foo", "irq.vp", Span(3, 7, 3, 10), "(logint foo)")
    assert found.place == "irq.vp:3:7"


def test_severities_are_words() -> None:
    assert [str(severity) for severity in Severity] == ["error", "warning"]
