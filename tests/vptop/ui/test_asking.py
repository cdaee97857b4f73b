# SPDX-License-Identifier: GPL-2.0-or-later
"""A script is applied since a moment."""

from __future__ import annotations

import msgspec

from engine.probes.frame import AggregateId, Frame
from engine.vm.past.messages import AskedFrame, PastKept, Progress
from engine.vm.protocol import FrameMessage, Reply
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import frame

KEPT = PastKept((0.0, 5.0), 1 << 20, 512 << 20)
NAME = "vptop.vp"


def _asked(second: int) -> Frame:
    """The Frame of a second with a row that was not there."""
    known = frame(second)
    chosen = {key: data for key, data in known.aggregates.items() if key.script == NAME}
    first = next(iter(chosen.values()))
    scripts = tuple(script for script in known.scripts if script.name == NAME)
    new = {AggregateId(NAME, "afterwards"): first}
    return msgspec.structs.replace(known, scripts=scripts, aggregates=chosen | new, log="asked\n", asked=True)


def _frames(driven: Driven) -> list[Frame]:
    ring = driven.app.session.timeline.ring
    return [one for at in range(ring.first, ring.end) if (one := ring.get(at)) is not None]


def _goes_on(driven: Driven, second: int) -> None:
    """The Frame of the first second in which the machine has the script that was applied."""
    known = frame(second)
    scripts = tuple(msgspec.structs.replace(one, generation=1 + (one.name == NAME)) for one in known.scripts)
    driven.source.send(FrameMessage(msgspec.structs.replace(known, scripts=scripts)))


def _ticks(*seconds: int) -> tuple[str, ...]:
    """Of the Frames between."""
    return tuple(str(frame(second).tsc) for second in seconds)


async def _open(driven: Driven) -> None:
    driven.source.send(KEPT)
    driven.source.answer = Reply(1, ok=True, generation=2)
    await driven.press("e")
    await driven.until(lambda: driven.app.view == "edit")
    await driven.press("alt+s")


def test_rows_appear_in_the_frames_of_the_seconds_that_were_asked() -> None:
    async def test(driven: Driven) -> None:
        await _open(driven)
        await driven.shows("3 are kept")
        await driven.press("backspace", "2", "enter")
        await driven.shows("the past is asked from the end of this second; Alt+S cancels")
        assert driven.source.asked[-1][0] == "load"
        driven.source.frames(4)  # was made before the script was loaded
        _goes_on(driven, 5)
        await driven.until(lambda: driven.source.question is not None)
        assert driven.source.asked[-1] == ("ask", driven.app.edit_view.script, "1.0", "5.0", *_ticks(2, 3, 4))
        driven.source.send(Progress(1, 2.0, 1.0, 3.0))
        await driven.shows("1.0 of 2.0 s; Alt+S cancels")
        driven.source.send(AskedFrame(1, _asked(2)))
        driven.source.send(AskedFrame(99, _asked(3)))
        driven.source.reply(Reply(1, ok=True, message="asked vptop.vp from 1 to 3 s"))
        await driven.shows("asked vptop.vp from 1 to 3 s")
        frames = [driven.app.session.timeline.ring.get(number) for number in range(3)]
        assert [one.asked for one in frames if one] == [False, True, False]
        assert frames[1] is not None
        assert AggregateId(NAME, "afterwards") in frames[1].aggregates
        assert any(line.text == "asked" for line in driven.app.session.log.until(1))
        assert "asked afterwards" not in driven.screen()
        driven.app.session.timeline.go_to(1)
        driven.app.show_moment()
        await driven.shows("? asked afterwards")

    drive(test)


def test_the_memory_for_the_past_is_shown_and_set() -> None:
    async def test(driven: Driven) -> None:
        await driven.press("H")
        await driven.shows("no past is kept yet")
        driven.source.send(KEPT)
        await driven.press("9")
        await driven.shows("past since 0 s, 1 of 512 MiB")
        await driven.press("H")
        await driven.shows("MiB for the past (1 are taken by 2 checkpoints)")
        await driven.press("0", "enter")  # in place of what stands there
        await driven.shows("expected a whole number of MiB from 1 to 1048576")
        await driven.press("backspace", "6", "4", "enter")
        await driven.until(lambda: ("keep", "64") in driven.source.asked)

    drive(test, (120, 40))


def test_the_past_ends_with_the_machine() -> None:
    async def test(driven: Driven) -> None:
        driven.source.send(KEPT)
        driven.source.die()
        await driven.shows("SIGKILL")
        await driven.press("M")
        await driven.shows("cannot visit this moment: the machine has ended, and its past with it")
        await driven.press("enter")
        driven.source.send(KEPT)
        await driven.frames(1)
        await driven.press("left_square_bracket", "M")
        await driven.shows("cannot visit this moment: the machine that is shown has ended, and its past with it")

    drive(test)


def test_a_question_is_cancelled_by_the_same_key() -> None:
    async def test(driven: Driven) -> None:
        await _open(driven)
        await driven.press("enter")
        await driven.shows("the past is asked from the end of this second")
        await driven.press("alt+s")
        await driven.shows("the past was not asked: cancelled")
        _goes_on(driven, 4)
        await driven.until(lambda: len(_frames(driven)) == 4)
        assert driven.source.question is None
        await driven.press("alt+s", "enter")
        await driven.until(lambda: driven.source.question is not None)  # that Frame has the script already
        assert driven.source.asked[-1] == ("ask", driven.app.edit_view.script, "0.0", "4.0", *_ticks(1, 2, 3))
        await driven.press("alt+s")
        await driven.until(lambda: driven.source.asked[-1] == ("cancel", "1"))
        driven.source.reply(Reply(1, ok=False, message="cancelled"))
        await driven.shows("the past was not asked: cancelled")
        await driven.press("alt+s")
        await driven.press("enter")
        await driven.until(lambda: [request[0] for request in driven.source.asked].count("ask") == 2)
        await driven.pilot.pause()
        driven.source.send(AskedFrame(1, frame(2, asked=True)))
        await driven.until(lambda: any(one.asked for one in _frames(driven)))
        await driven.press("alt+s")
        driven.source.reply(Reply(1, ok=False, message="cancelled"))
        await driven.shows("was asked only up to 2 s: cancelled")

    drive(test)


def test_a_number_that_is_none_is_refused() -> None:
    async def test(driven: Driven) -> None:
        await _open(driven)
        await driven.press("backspace", "0", "enter")
        await driven.shows("expected a number greater than 0, or `all`")

    drive(test)


def test_where_no_past_is_kept_that_is_said() -> None:
    async def test(driven: Driven) -> None:
        await driven.press("e")
        await driven.until(lambda: driven.app.view == "edit")
        await driven.press("alt+s")
        await driven.shows("cannot ask the past: no past is kept yet")

    drive(test)
