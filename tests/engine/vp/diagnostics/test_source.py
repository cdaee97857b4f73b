# SPDX-License-Identifier: GPL-2.0-or-later
"""Source text, and the diagnostics about it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.vp.diagnostics.diagnostic import Severity, Span
from engine.vp.diagnostics.source import MOST_FINDINGS, MOST_NEAREST, Findings, SourceText

TEXT = SourceText("a.vp", "first\nsecond\r\n\nlast")


def test_lines_have_numbers_and_no_ends() -> None:
    assert [TEXT.line(number) for number in range(1, 5)] == ["first", "second", "", "last"]


def test_spans_are_found_again() -> None:
    span = TEXT.span(7, 9)
    assert span == Span(2, 2, 2, 4)
    assert TEXT.text_of(span) == "ec"


@given(st.text("ab\n"), st.integers(0, 50))
def test_position_and_offset_are_inverse(text: str, offset: int) -> None:
    source, place = SourceText("a.vp", text), min(offset, len(text))
    assert source.offset(*source.position(place)) == place


def test_findings_are_sorted_and_each_is_there_once() -> None:
    findings = Findings()
    for start in (7, 0, 7):
        findings.add("W303", TEXT, TEXT.span(start, start + 1), "unused")
    assert [found.span.line for found in findings.sorted()] == [1, 2]
    assert not findings.has_errors


def test_there_is_a_limit_but_an_error_is_never_missed() -> None:
    findings = Findings()
    for _ in range(MOST_FINDINGS):
        findings.add("W303", TEXT, TEXT.span(0, 1), "unused")
    findings.add("E201", TEXT, TEXT.span(0, 1), "unknown")
    assert len(findings.items) == MOST_FINDINGS
    assert findings.has_errors
    assert findings.items[0].severity is Severity.WARNING


def test_near_names_are_searched_only_for_the_first_findings() -> None:
    findings = Findings()
    assert findings.nearest("rip", ["RIP"]) == ("RIP",)
    for _ in range(MOST_NEAREST):
        findings.add("E201", TEXT, TEXT.span(0, 1), "unknown")
    assert findings.nearest("rip", ["RIP"]) == ()
