# SPDX-License-Identifier: GPL-2.0-or-later
"""What scripts print, line by line."""

from __future__ import annotations

from textual import events

from engine.probes.frame_maker import FrameMaker
from engine.probes.printed import LogPart
from engine.vm.protocol import FrameMessage
from tests.engine.machine.two_cpus import COUNT_TOGETHER, SECOND, START
from tests.engine.probes.small import guest
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import frame
from vptop.model.transcript import LINES
from vptop.ui.views.log import LogPanel

BLOCK = 'aggr: running (1 integer key) (1 string key)\n  running[0x20,"sshd"] == avg 1 count 2 min 1 max 1 latest 1\n'


def panel(d: Driven) -> LogPanel:
    return d.app.query_one("#log-lines", LogPanel)


def test_lines_have_the_second_they_came_in() -> None:
    async def test(d: Driven) -> None:
        await d.press("7")
        await d.shows("00:00:03.000 slow io 18003 us reader")
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


def test_hits_are_gone_to_among_the_lines_around_them() -> None:
    async def test(d: Driven) -> None:
        log = "".join(f"line {number} {'odd' if number % 40 == 7 else ''}\n" for number in range(100))
        d.source.send(FrameMessage(frame(4, log=log)))
        await d.press("7", "n")
        await d.shows("no filter to look for; / sets one")
        await d.press("slash", *"odd", "enter")
        await d.until(lambda: len(panel(d).rows) == 3)
        await d.press("g", "n")
        await d.shows("3 hits in 103 lines")
        found = [(line := panel(d).current) and line.text]
        for key in ("n", "n", "N"):
            await d.press(key)
            found.append((line := panel(d).current) and line.text)
        assert found == ["line 47 odd", "line 87 odd", "line 7 odd", "line 87 odd"]
        await d.shows("line 86")
        await d.press("slash", "x")
        await d.until(lambda: not panel(d).rows)

    drive(test)


def test_the_wheel_ends_following_and_begins_it_at_the_end() -> None:
    async def turn(d: Driven, kind: type[events.MouseScrollUp | events.MouseScrollDown], times: int) -> None:
        for _ in range(times):
            panel(d).post_message(kind(panel(d), 5, 5, 0, 0, 0, False, False, False))
            await d.pilot.pause()

    async def test(d: Driven) -> None:
        await d.press("7")
        d.source.send(FrameMessage(frame(4, log="".join(f"line {number}\n" for number in range(100)))))
        await d.until(lambda: panel(d).scroll_offset.y > 50)
        await turn(d, events.MouseScrollUp, 2)
        await d.shows("f follows the end")
        top = panel(d).scroll_offset.y
        d.source.send(FrameMessage(frame(5, log="more\n" * 10)))
        await d.until(lambda: len(panel(d).rows) == 113)
        assert panel(d).scroll_offset.y == top
        await turn(d, events.MouseScrollDown, 20)
        await d.shows("following · 113 lines")

    drive(test)


def test_printed_aggregates_are_hidden_until_asked_for() -> None:
    async def test(d: Driven) -> None:
        await d.press("7")
        parts = (LogPart(len(BLOCK), 4.0, is_aggregate=True),)
        d.source.send(FrameMessage(frame(4, log=BLOCK + "beside it\n", log_parts=parts)))
        await d.shows("beside it")
        assert "avg 1 count 2" not in d.screen()
        await d.press("a")
        await d.shows("avg 1 count 2")

    drive(test)


def test_a_second_whose_lines_are_not_kept_shows_those_of_its_frame() -> None:
    async def test(d: Driven) -> None:
        await d.press("7")
        parts = (LogPart(len(BLOCK), 4.0, is_aggregate=True),)
        for second in range(4, 8):
            d.source.send(FrameMessage(frame(second, log=BLOCK, log_parts=parts)))
        d.source.send(FrameMessage(frame(8, log="")))
        d.source.send(FrameMessage(frame(9, log="line\n" * LINES)))
        await d.shows(f"{LINES} lines")
        await d.press("colon")
        await d.type("0:05\n")
        await d.shows("lines of aggregates; a shows them")
        await d.press("a")
        await d.shows("avg 1 count 2")
        await d.press("right_square_bracket", "right_square_bracket", "right_square_bracket")
        await d.shows("lines before it are not kept any more")

    drive(test)


def test_a_filter_keeps_the_lines_that_have_its_text() -> None:
    async def test(d: Driven) -> None:
        await d.press("7", "slash")
        await d.type("18002")
        await d.until(lambda: [line.text for line in panel(d).rows] == ["slow io 18002 us reader"])

    drive(test)


def printed(d: Driven) -> None:
    """The machine sends lines of two probes."""
    known = frame(4).scripts[0]
    parts = tuple(
        LogPart(6, 3.25 + number / 4, 0, known.name, known.probes[number % 2].name, number % 2) for number in range(3)
    )
    d.source.send(FrameMessage(frame(4, log="zero \none  \ntwo  \n", log_parts=parts)))


def test_lines_have_the_time_and_the_probe_that_printed_them_and_lead_there() -> None:
    async def test(d: Driven) -> None:
        await d.press("7")
        printed(d)
        first, second = (probe.name for probe in frame(4).scripts[0].probes[:2])
        await d.shows(f"00:00:03.500 {second.ljust(max(len(first), len(second)))}  one")
        d.app.session.vcpus = 2
        panel(d).update_rows()
        await d.shows(f"00:00:03.500 VCPU0  {second}")
        await d.press("up", "enter")
        await d.until(lambda: d.app.view == "edit")

    drive(test)


def test_each_line_of_two_cpus_says_on_which_it_was_printed() -> None:
    """The Frame is of a guest whose two CPUs each call a function that a probe prints at."""
    both = START + COUNT_TOGETHER + SECOND + "    call add\n    halt\n"
    with guest(both, '(vprobe GUEST:<add> (printf "add of CPU %d\n" VCPUID))', cpus=2) as watched:
        maker = FrameMaker(watched.machine, watched.host)
        watched.run(0.02)
        maker.printed(*watched.machine.core.take_printed())
        made = maker.make()

    async def test(d: Driven) -> None:
        d.app.session.vcpus = len(made.vcpus)
        await d.press("7")
        d.source.send(FrameMessage(made))
        await d.shows("add of CPU 1")
        lines = [line.split() for line in d.screen().splitlines() if "add of CPU" in line]
        assert sorted((line[line.index("CPU") + 1], line[1]) for line in lines) == [("0", "VCPU0"), ("1", "VCPU1")]

    drive(test)


def test_the_lines_of_one_probe_are_picked() -> None:
    async def test(d: Driven) -> None:
        await d.press("7")
        printed(d)
        await d.shows("zero")
        await d.press("P")
        await d.shows("Lines of")
        names = sorted(probe.name for probe in frame(4).scripts[0].probes[:2])
        at = names.index(frame(4).scripts[0].probes[0].name)
        await d.press(*["down"] * (at + 1), "enter")
        assert [line.text.strip() for line in panel(d).rows] == ["zero", "two"]
        await d.shows("2 lines")
        assert panel(d).table().rows[0][0] == "3.250000"
        await d.press("escape")
        assert len(panel(d).rows) == 6

    drive(test)


def test_a_filter_looks_at_the_probe_too() -> None:
    async def test(d: Driven) -> None:
        await d.press("7")
        printed(d)
        await d.press("slash")
        await d.type(frame(4).scripts[0].probes[1].name)
        await d.until(lambda: [line.text.strip() for line in panel(d).rows] == ["one"])

    drive(test)


def test_long_lines_move_sideways() -> None:
    async def test(d: Driven) -> None:
        await d.press("7")
        d.source.send(FrameMessage(frame(4, log="0123456789" * 30 + "end\n")))
        await d.shows("0123…")
        await d.press("right")
        await d.shows("‹1234567890")
        await d.press(*["right"] * 20)
        await d.shows("‹nd ")
        await d.press(*["left"] * 20)
        await d.shows(" 0123456789")

    drive(test)
