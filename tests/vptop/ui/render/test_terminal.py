# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's terminal in the colours of a theme."""

from __future__ import annotations

import pytest
from rich.color import Color
from rich.style import Style

from tests.vptop.ui.fakes import PALETTE
from vptop.model.console import PLAIN, Console, Look, Row
from vptop.ui.render.terminal import line, style_of


def test_what_has_no_colours_is_text_of_the_theme() -> None:
    assert style_of(PLAIN, PALETTE) == PALETTE.text
    assert style_of(Look(bold=True, underlined=True, reverse=True), PALETTE) == PALETTE.text + Style(
        bold=True, underline=True, reverse=True
    )


@pytest.mark.parametrize(("name", "meaning"), [("red", "bad"), ("brightgreen", "good"), ("blue", "accent")])
def test_a_colour_on_the_ground_of_the_theme_is_one_of_the_theme(name: str, meaning: str) -> None:
    assert style_of(Look(color=name), PALETTE).color == getattr(PALETTE, meaning).color


@pytest.mark.parametrize("sequence", ["41", "101", "105", "48;5;200", "48;2;1;2;3"])
def test_every_ground_has_its_colour(sequence: str) -> None:
    console = Console()
    console.add(f"\x1b[{sequence}mx")
    ((_, look),) = console.rows[0].pieces
    made = style_of(look, PALETTE)
    assert made.bgcolor is not None
    assert made.color is not None


def test_256_colours_are_what_the_guest_asks_for() -> None:
    assert style_of(Look(color="5f87ff"), PALETTE).color == Color.parse("#5f87ff")


def test_the_cursor_is_a_block_in_its_column() -> None:
    row = Row((("$ ls", PLAIN),))
    assert line(row, 10, PALETTE).text == "$ ls      "
    made = line(row, 10, PALETTE, cursor=4)
    assert made.text == "$ ls      "
    assert [segment.text for segment in made if segment.style == PALETTE.chip] == [" "]
    assert line(row, 4, PALETTE, cursor=4).text == "$ ls"
