# SPDX-License-Identifier: GPL-2.0-or-later
"""Places in a text."""

from __future__ import annotations

from engine.emmett.syntax.location import Location
from engine.vp.diagnostics.diagnostic import Span
from engine.vp.diagnostics.source import SourceText

TEXT, OTHER = SourceText("a", "one\ntwo"), SourceText("b", "one\ntwo")


def test_a_location_knows_its_lines_and_columns() -> None:
    assert Location(TEXT, 4, 7).span == Span(2, 1, 2, 4)


def test_a_stretch_stays_within_one_text() -> None:
    first = Location(TEXT, 0, 3)
    assert first.to(Location(TEXT, 4, 7)) == Location(TEXT, 0, 7)
    assert first.to(Location(OTHER, 4, 7)) == first
    assert Location(TEXT, 4, 7).to(first) == Location(TEXT, 4, 7)
