# SPDX-License-Identifier: GPL-2.0-or-later
"""What scripts print, line by line."""

from __future__ import annotations

from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import frame
from vptop.ui.views.log import LogPanel

BLOCK = 'aggr: running (1 integer key) (1 string key)\n  running[0x20,"sshd"] == avg 1 count 2 min 1 max 1 latest 1\n'


def panel(d: Driven) -> LogPanel:
    return d.app.query_one("#log-lines", LogPanel)


def test_lines_have_the_second_they_came_in() -> None:
    async def test(d: Driven) -> None:
        await d.press("7")
        await d.shows("00:00:03 slow io 18003 us reader")
        await d.shows("following · 3 lines")

    drive(test)


def test_the_end_is_followed_until_the_person_moves_up() -> None:
    async def test(d: Driven) -> None:
        await d.press("7", "up")
        await d.shows("f follows the end")
        await d.frames(4)
        assert panel(d).cursor == 1
        await d.press("f")
        assert panel(d).cursor == 3
        await d.frames(5)
        assert panel(d).cursor == 4

    drive(test)


def test_printed_aggregates_are_hidden_until_asked_for() -> None:
    async def test(d: Driven) -> None:
        await d.press("7")
        d.source.send(FrameMessage(frame(4, log=BLOCK + "beside it\n")))
        await d.shows("beside it")
        assert "avg 1 count 2" not in d.screen()
        await d.press("a")
        await d.shows("avg 1 count 2")

    drive(test)


def test_a_filter_keeps_the_lines_that_have_its_text() -> None:
    async def test(d: Driven) -> None:
        await d.press("7", "slash")
        await d.type("18002")
        await d.until(lambda: [line.text for line in panel(d).rows] == ["slow io 18002 us reader"])

    drive(test)
