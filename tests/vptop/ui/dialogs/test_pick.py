# SPDX-License-Identifier: GPL-2.0-or-later
"""A list to pick from."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.dialogs.pick import PickScreen

CHOICES = [("a", "first"), ("b", "second\x1b[2J"), ("c", "third")]


PICKED: list[tuple[tuple[str, ...], str | None]] = [
    (("enter",), "b"),
    (("j", "enter"), "c"),
    (("k", "enter"), "a"),
    (("down", "enter"), "c"),
    (("escape",), None),
]


def test_the_list_starts_at_what_is_chosen_now() -> None:
    async def test(d: Driven) -> None:
        for keys, picked in PICKED:
            answers: list[str | None] = []
            d.app.push_screen(PickScreen("Pick", CHOICES, "b"), answers.append)
            await d.shows("● second·[2J")
            await d.press(*keys)
            await d.until(answers.__len__, "an answer")
            assert answers == [picked]

    drive(test)
