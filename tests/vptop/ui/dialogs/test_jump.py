# SPDX-License-Identifier: GPL-2.0-or-later
"""Labels that are typed to go somewhere."""

from __future__ import annotations

import pytest
from textual.geometry import Offset
from textual.widgets import Static

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.dialogs.jump import LETTERS, JumpScreen, Spot, labels


@pytest.mark.parametrize("number", [0, 1, 26, 27, 60, 26 * 26])
def test_no_label_is_the_beginning_of_another(number: int) -> None:
    made = labels(number)
    assert len(made) == len(set(made)) == number
    assert not [(a, b) for a in made for b in made if a != b and b.startswith(a)]
    assert set("".join(made)) <= set(LETTERS)


def test_letters_narrow_the_labels_and_another_size_of_the_screen_ends_it() -> None:
    async def test(d: Driven) -> None:
        screen = JumpScreen([Spot(Offset(3 * at, 5), lambda: None) for at in range(40)])
        await d.app.push_screen(screen)
        pair = next(label for label in screen._spots if len(label) == 2)
        await d.press(pair[0])
        assert d.app.screen is screen
        assert {label.display for label in screen.query(Static)} == {True, False}
        await d.press("backspace", "1")  # no label has digits
        assert d.app.screen is screen
        assert all(label.display for label in screen.query(Static))
        await d.pilot.resize_terminal(80, 24)
        await d.until(lambda: not isinstance(d.app.screen, JumpScreen))

    drive(test)
