# SPDX-License-Identifier: GPL-2.0-or-later
"""Text in exactly so many cells."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.vptop.ui.fakes import PALETTE
from vptop.ui.render.fit import ends, fit, fit_place, strip, whole_parts, wrapped


@pytest.mark.parametrize(
    ("text", "width", "align", "shown"),
    [
        ("abc", 5, "<", "abc  "),
        ("abc", 5, ">", "  abc"),
        ("abcdef", 4, "<", "abc…"),
        ("漢字漢字", 5, "<", "漢字…"),
        ("漢字", 3, "<", "漢…"),
        ("x", 0, "<", ""),
    ],
)
def test_fit_counts_cells(text, width, align, shown):
    assert fit(text, width, align) == shown
    assert cell_len(shown) == width


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("busybox+0x1a2b", 15, "busybox+0x1a2b "),
        ("busybox+0x1a2b", 12, "busy…+0x1a2b"),
        ("busybox+0x1a2b", 9, "b…+0x1a2b"),
        ("busybox+0x1a2b", 8, "busybox…"),
        ("handle_mm_fault", 8, "handle_…"),
    ],
)
def test_a_place_keeps_its_offset(text: str, width: int, shown: str) -> None:
    assert fit_place(text, width) == shown


@pytest.mark.parametrize(
    ("width", "shown"),
    [(17, "first · 2nd · 3rd"), (16, "first · 2nd"), (11, "first · 2nd"), (10, "first"), (2, "first")],
)
def test_parts_that_do_not_fit_are_left_out_whole(width: int, shown: str) -> None:
    assert whole_parts("first · 2nd · 3rd", width) == shown


def test_both_ends_of_a_line():
    assert ends([("left", PALETTE.text)], [("right", PALETTE.text)], 12).text == "left   right"
    assert ends([("left", PALETTE.text)], [("right", PALETTE.text)], 7).text == "l…right"


@pytest.mark.parametrize(
    ("texts", "width", "shown"),
    [
        (("ab", "cd"), 4, "abcd"),
        (("ab", "cd"), 6, "abcd  "),
        (("ab", "cd"), 3, "ab…"),
        (("ab", "cd"), 1, "…"),
        (("ab", "cd"), 0, ""),
        (("漢", "字"), 3, "漢…"),
    ],
)
def test_a_line_that_is_cut_says_so(texts, width, shown):
    made = strip([(text, PALETTE.text) for text in texts], width)
    assert made.text == shown
    assert made.cell_length == width


@pytest.mark.parametrize(
    ("text", "width", "most", "lines"),
    [
        ("", 9, 3, [""]),
        ("one two three", 9, 3, ["one two", "three"]),
        ("/a/long/path.vp: no", 9, 3, ["/a/long/p", "ath.vp:", "no"]),
        ("漢字漢字 漢字", 5, 3, ["漢字", "漢字", "漢字"]),
        ("one two three four", 9, 1, ["one two …"]),
        ("one two three four five", 9, 2, ["one two", "three fo…"]),
        ("words", 0, 1, ["words"]),
    ],
)
def test_a_text_is_broken_between_words_and_cut_only_at_its_last_line(
    text: str, width: int, most: int, lines: list[str]
) -> None:
    assert wrapped(text, width, most) == lines
