# SPDX-License-Identifier: GPL-2.0-or-later
"""Entries with a label and a text beside it."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.dialogs.labelled import LabelledList, hanging, placed


def test_further_lines_stand_below_the_first_word() -> None:
    assert hanging("how long does the disk take", 6, 22) == "how long does\n      the disk take"
    assert hanging("one", 6, 22) == "one"
    assert hanging("a wide word-without-blanks", 30, 20) == f"a wide word-\n{' ' * 30}without-\n{' ' * 30}blanks"


def test_in_a_narrow_list_a_text_stands_below_its_label() -> None:
    assert placed("how long does the disk take", 14, 28) == "\n    how long does the disk\n    take"
    assert placed("how long does the disk take", 6, 28) == hanging("how long does the disk take", 6, 28)
    assert placed("", 14, 28) == ""


def test_texts_are_broken_anew_at_another_width() -> None:
    async def test(d: Driven) -> None:
        await d.press("f6")
        await d.shows("why does the guest leave hardware-assisted execution?")
        await d.press("down")
        chosen = d.app.screen.query_one(LabelledList).highlighted
        await d.pilot.resize_terminal(70, 24)
        await d.until(lambda: "hardware-assisted execution" not in d.screen())
        first, second = (
            next(line for line in d.screen().splitlines() if text in line) for text in ("exits", "execution?")
        )
        assert second.index("execution") >= first.index("why")
        assert d.app.screen.query_one(LabelledList).highlighted == chosen

    drive(test)
