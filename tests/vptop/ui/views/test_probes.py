# SPDX-License-Identifier: GPL-2.0-or-later
"""Probes."""

from __future__ import annotations

from msgspec.structs import replace

from engine.vm.protocol import FrameMessage, Reply
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import frame


def test_probes_lead_to_their_line_in_the_editor() -> None:
    async def test(d: Driven) -> None:
        await d.press("6", "enter")
        assert d.app.view == "edit"

    drive(test)


def test_run_time_errors_are_listed_once_there_are_some() -> None:
    async def test(d: Driven) -> None:
        await d.press("6")
        await d.shows("division by zero")
        d.source.send(FrameMessage(frame(4, errors=())))
        await d.until(lambda: "Run-time errors" not in d.screen())

    drive(test)


def test_where_there_is_no_room_functions_are_told_apart() -> None:
    async def test(d: Driven) -> None:
        first, *others = frame(4).scripts
        probe = replace(first.probes[0], name="GUEST:ENTER:finish_task_switch")
        d.source.send(FrameMessage(frame(4, scripts=(replace(first, probes=(probe, *first.probes[1:])), *others))))
        await d.press("6")
        await d.shows("ENTER:finish_")
        await d.pilot.resize_terminal(120, 40)
        await d.shows("GUEST:ENTER:finish_task_switch")

    drive(test, (80, 24))


def test_a_probe_is_switched_off_and_on() -> None:
    async def test(d: Driven) -> None:
        await d.press("6", "D")
        name = ("switch", "disk-latency.vp", "0")  # it fires most often
        assert d.source.asked[-1] == (*name, "off")
        shown, before = frame(4), frame(3)
        off = [
            replace(one, probes=(replace(was.probes[0], off=True), *one.probes[1:]))
            for one, was in zip(shown.scripts, before.scripts, strict=True)
        ]
        d.source.send(FrameMessage(replace(shown, scripts=tuple(off))))
        await d.shows("○ off")
        await d.shows("3 off")
        d.source.answer = Reply(1, ok=False, message="a virtual machine is limited to 512 probes")
        await d.press("D")
        assert d.source.asked[-1] == (*name, "on")
        await d.shows("✗ refused")
        await d.shows("limited to 512 probes ━")

    drive(test)


def test_the_share_of_real_time_follows_the_speed_of_the_guest() -> None:
    async def test(d: Driven) -> None:
        await d.press("6")
        await d.shows("0.07 % of real time")  # 290/s of 210 ns, 1376/s of 340 ns, 100/s of 1900 ns, ...
        d.source.send(FrameMessage(frame(4, wall_seconds=3.2)))
        await d.shows("0.72 % of real time")

    drive(test)


def test_a_small_screen_shows_probes_and_tab_their_errors() -> None:
    async def test(d: Driven) -> None:
        await d.press("6")
        await d.shows("errors  Disk_IOFinish")
        assert "Run-time errors" not in d.screen()
        await d.press("tab")
        await d.shows("disk-latency.vp:5:4")
        assert "Disk_IOFinish" not in d.screen()

    drive(test, (40, 10))
