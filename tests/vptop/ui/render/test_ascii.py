# SPDX-License-Identifier: GPL-2.0-or-later
"""The screen in ASCII."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color

from tests.vptop.ui.driving import Driven, drive
from vptop.model.settings import Settings
from vptop.ui.render.ascii import AsciiFilter, to_ascii


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("plain", "plain"),
        ("╭─ 2 ─╮", "+- 2 -+"),
        ("▁▂▃▄▅▆▇█", "_:-=+*##"),
        ("·▁░▒▓█", "._:+%#"),
        ("⠀⠁⠃⠇⣿", " .:-#"),
        ("● ok ▲ 3 µs ✗", "* ok ! 3 us x"),
        ("  Σ ▲12.5 ▼3 ▲", "sum ^12.5 v3 !"),
        ("日本é", "?????"),
        ("e\N{COMBINING ACUTE ACCENT}", "e"),
    ],
)
def test_characters_become_those_that_look_like_them(text: str, plain: str) -> None:
    assert to_ascii(text) == plain
    assert cell_len(text) == len(plain)


def test_what_an_arrow_belongs_to_may_be_in_the_next_segment() -> None:
    made = AsciiFilter().apply([Segment(" ▲"), Segment("RATE ▲"), Segment(" x")], Color(0, 0, 0))
    assert [segment.text for segment in made] == [" ^", "RATE !", " x"]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 10)])
def test_every_view_is_drawn_in_ascii(size: tuple[int, int]) -> None:
    async def test(d: Driven) -> None:
        for view in "12345679":
            await d.press(view)
            lines = d.screen().splitlines()
            assert all(line.isascii() and len(line) == size[0] for line in lines)
        await d.press("8", "ctrl+f")
        assert d.screen().isascii()

    drive(test, size, settings=Settings(ascii=True))
