# SPDX-License-Identifier: GPL-2.0-or-later
"""Labels that are typed to go somewhere."""

from __future__ import annotations

import pytest

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.dialogs.jump import LETTERS, JumpScreen, labels


@pytest.mark.parametrize("number", [0, 1, 26, 27, 60, 26 * 26])
def test_no_label_is_the_beginning_of_another(number: int) -> None:
    made = labels(number)
    assert len(made) == len(set(made)) == number
    assert not [(a, b) for a in made for b in made if a != b and b.startswith(a)]
    assert set("".join(made)) <= set(LETTERS)


def test_letters_narrow_the_labels_and_can_be_taken_back() -> None:
    async def test(d: Driven) -> None:
        await d.press("2", "apostrophe")
        screen = d.app.screen
        assert isinstance(screen, JumpScreen)
        long = [label for label in screen._spots if len(label) == 2]
        if long:
            await d.press(long[0][0])
            assert d.app.screen is screen
            await d.press("backspace")
        await d.press("1")  # no label has digits
        assert d.app.screen is screen
        await d.press("escape")
        assert d.app.screen is not screen

    drive(test)


def test_another_size_of_the_screen_ends_it() -> None:
    async def test(d: Driven) -> None:
        await d.press("apostrophe")
        assert isinstance(d.app.screen, JumpScreen)
        await d.pilot.resize_terminal(80, 24)
        await d.until(lambda: not isinstance(d.app.screen, JumpScreen))

    drive(test)
