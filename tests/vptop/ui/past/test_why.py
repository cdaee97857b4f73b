# SPDX-License-Identifier: GPL-2.0-or-later
"""From a row or a line to the moment that it came from."""

from __future__ import annotations

import msgspec
import pytest
from textual.widgets import OptionList

from engine.vm.past.messages import FiredProbe, Memory, Origin, PastKept, Progress, View
from engine.vm.protocol import Reply
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import frame
from tests.vptop.ui.test_asking import KEPT
from vptop.ui.past.moment import MomentScreen

ORIGIN = Origin(2_400_000_000, 4711, 2_400_000_000, 1, (FiredProbe("Disk_IOFinish", 4, "disk-latency.vp"),))


async def _ask(driven: Driven, view: str, keys: tuple[str, ...], lead: str) -> None:
    driven.source.send(KEPT)
    await driven.pilot.pause()
    await driven.press(view, *keys)
    await driven.press("m")
    await driven.shows(lead)
    for _ in range(_place(driven, lead)):
        await driven.press("j")
    await driven.press("enter")
    await driven.until(lambda: driven.source.question is not None)


def _place(driven: Driven, lead: str) -> int:
    """How many choices are above a lead."""
    options = driven.app.screen.query_one(OptionList)
    titles = [str(options.get_option_at_index(index).prompt) for index in range(options.option_count)]
    return next(index for index, title in enumerate(titles) if lead in title)


async def _came(driven: Driven, tick: int) -> None:
    driven.source.answer = Reply(1, ok=True, past=Memory(0x401000, b"\x90hello"))
    driven.source.reply(Reply(1, ok=True, past=View(tick, 4711, frame(3), ((0x401010,),), "cat", 7)))
    await driven.shows("cat (7)")


@pytest.mark.parametrize(
    ("view", "keys", "lead", "asked"),
    [
        ("2", (), "why? the firing that counted it", "running"),
        ("3", (), "why? the firing that counted it", "running"),
        ("4", (), "why? the slowest of these", "latency_us"),
        ("5", ("j",), "why? the firing that counted it", "stacks"),
    ],
)
def test_rows_of_every_view_lead_to_the_firing_that_counted_them(
    view: str, keys: tuple[str, ...], lead: str, asked: str
) -> None:
    async def test(driven: Driven) -> None:
        await _ask(driven, view, keys, lead)
        assert driven.source.asked[-1][0] == "why"
        assert driven.source.asked[-1][2] == asked

    drive(test)


def test_a_slow_request_is_shown_where_it_began_and_where_it_was_counted() -> None:
    async def test(driven: Driven) -> None:
        await _ask(driven, "4", (), "why? the slowest of these")
        driven.source.send(Progress(1, 2.0, 1.0, 3.0))
        await driven.shows("looking for the firing: 1.0 of 2.0 s; Esc cancels")
        driven.source.reply(Reply(1, ok=True, past=ORIGIN))
        began = ORIGIN.tick - 16384 * 1000
        await driven.until(lambda: driven.source.asked[-1] == ("visit", str(began), "disk-latency.vp"))
        await _came(driven, began)
        for text in (
            "why? latency_us[16384, 'read']",
            "counted at 2.400000000 s, block 4711, by Disk_IOFinish, disk-latency.vp:4",
            "it began at least 0.016384 s earlier, at 2.383616000 s: here",
        ):
            await driven.shows(text)
        await driven.press("s")
        await driven.shows("v goes there")
        await driven.press("v")
        await driven.until(lambda: driven.source.asked[-1] == ("visit", str(began), "disk-latency.vp"))
        await _came(driven, began)
        await driven.shows("2.383616000 s: here")
        await driven.press("v")
        await driven.until(lambda: driven.source.asked[-1] == ("visit", str(ORIGIN.tick), "disk-latency.vp"))
        await _came(driven, ORIGIN.tick)
        await driven.shows("v goes there")
        await driven.press("o")
        await driven.until(lambda: driven.app.view == "edit")
        assert not isinstance(driven.app.screen, MomentScreen)
        assert driven.app.edit_view.script == "disk-latency.vp"

    drive(test, (120, 50))


def test_the_very_start_of_a_request_is_shown_where_it_is_known() -> None:
    async def test(driven: Driven) -> None:
        await _ask(driven, "4", (), "why? the slowest of these")
        start = ORIGIN.tick - 20_000_000
        driven.source.reply(Reply(1, ok=True, past=msgspec.structs.replace(ORIGIN, start=start)))
        await driven.until(lambda: driven.source.asked[-1] == ("visit", str(start), "disk-latency.vp"))
        await _came(driven, start)
        await driven.shows("it began 0.020000 s earlier, at 2.380000000 s: here")

    drive(test, (120, 50))


def test_leaving_cancels_the_question() -> None:
    async def test(driven: Driven) -> None:
        await _ask(driven, "2", (), "why? the firing")
        await driven.press("escape")
        await driven.until(lambda: driven.source.asked[-1] == ("cancel", "1"))
        driven.source.reply(Reply(1, ok=False, message="cancelled"))
        await driven.until(lambda: not isinstance(driven.app.screen, MomentScreen))

    drive(test)


def test_what_cannot_be_found_is_said() -> None:
    async def test(driven: Driven) -> None:
        await _ask(driven, "2", (), "why? the firing")
        driven.source.reply(Reply(1, ok=False, message="the past that is kept begins at 60 s, after 3 s"))
        await driven.shows("the past that is kept begins at 60 s, after 3 s")
        await driven.press("v", "o", "n")
        assert driven.source.asked[-1][0] == "why"

    drive(test)


def test_where_no_past_is_kept_that_is_said() -> None:
    async def test(driven: Driven) -> None:
        await driven.press("2", "m")
        await driven.shows("why? the firing")
        for _ in range(_place(driven, "why?")):
            await driven.press("j")
        driven.source.send(PastKept((), 0, 0, "no past is kept: this platform cannot fork a process"))
        await driven.press("enter")
        await driven.shows("cannot ask the past: no past is kept: this platform cannot fork a process")

    drive(test)
