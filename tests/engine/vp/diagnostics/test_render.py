# SPDX-License-Identifier: GPL-2.0-or-later
"""Diagnostics as text."""

from __future__ import annotations

from engine.vp.diagnostics.diagnostic import Diagnostic, Fix, Severity, Span
from engine.vp.diagnostics.render import render


def diagnostic(line: str, start: int, end: int, message: str = "wrong") -> Diagnostic:
    span = Span(3, start, 3, end)
    return Diagnostic("E201", Severity.ERROR, message, "a.vp", span, line)


def test_all_parts_are_printed() -> None:
    found = Diagnostic(
        "E201", Severity.ERROR, "unknown ident x", "a.vp", Span(3, 9, 3, 10), "(logint x)",
        "a variable", ("y", "z"), ("a note",), Fix(Span(3, 9, 3, 10), "y", "change to y"),
    )  # fmt: skip
    assert render(found).splitlines() == [
        "a.vp:3:9: error E201: unknown ident x",
        "    3 | (logint x)",
        "      |         ^",
        "  expected: a variable",
        "  did you mean: y, z",
        "  note: a note",
        "  fix: change to y",
    ]


def test_carets_stand_below_wide_characters_and_tabs() -> None:
    lines = render(diagnostic("\t漢字 x", 5, 6)).splitlines()
    assert lines[1] == "    3 |     漢字 x"
    assert lines[2].index("^") - lines[1].index("x") == 2  # two characters of two columns each


def test_control_characters_never_reach_the_terminal() -> None:
    text = render(diagnostic("\x1b[2Jx", 1, 3, "bad \x9b31m name"))
    assert "\\x1b[2J" in text
    assert "\\u009b31m" in text
    assert all(line.isprintable() for line in text.split("\n"))


def test_colour_is_asked_for() -> None:
    assert "\x1b[" not in render(diagnostic("x", 1, 2))
    assert "\x1b[31;1m" in render(diagnostic("x", 1, 2), color=True)


def test_a_long_line_is_cut_around_the_place() -> None:
    lines = render(diagnostic("a" * 500 + "x" + "b" * 500, 501, 502)).splitlines()
    assert len(lines[1]) < 150
    assert lines[1][lines[2].index("^")] == "x"
