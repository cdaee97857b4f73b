# SPDX-License-Identifier: GPL-2.0-or-later
"""A moment is visited."""

from __future__ import annotations

from msgspec.structs import replace

from engine.guest.symbols import Symbols
from engine.probes.frame import Frame
from engine.vm.past.messages import Memory, Progress, View
from engine.vm.protocol import Reply
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import frame
from tests.vptop.ui.test_asking import KEPT
from vptop.ui.past.moment import MomentScreen

RIP = frame(3).vcpus[0].rip


async def _visit(driven: Driven, then: Frame | None = None, memory: Memory | None = None) -> None:
    driven.source.send(KEPT)
    await driven.pilot.pause()
    await driven.press("M")
    await driven.until(lambda: driven.source.question is not None)
    driven.source.answer = Reply(1, ok=True, past=memory or Memory(RIP, b"\x90hello"))
    driven.source.reply(Reply(1, ok=True, past=View(3 * 10**9, 4711, then or frame(3), ((0x401010,),), "cat", 7)))
    await driven.shows("block 4711  cat (7)")


def test_a_moment_shows_what_can_be_seen_of_it() -> None:
    async def test(driven: Driven) -> None:
        await _visit(driven)
        assert driven.source.asked[-3][:2] == ("visit", str(3 * 10**9))
        for text in ("3.000000000 s", "RAX", "nop", "90 68 65 6c 6c 6f", ".hello"):
            await driven.shows(text)

    drive(test, (120, 60))


def test_code_is_read_from_the_next_instruction_on_where_the_start_of_its_function_is_not_mapped() -> None:
    async def test(driven: Driven) -> None:
        driven.app.session.symbols = Symbols([(RIP - 0x20, "T", "main")])
        await _visit(driven, memory=Memory(RIP - 0x20, b""))
        await driven.until(lambda: driven.source.asked[-1] == ("read", f"{RIP:#x}", "64", "0"))
        assert ("read", f"{RIP - 0x20:#x}", "96", "0") in driven.source.asked

    drive(test, (120, 60))


def test_keys_step_both_ways() -> None:
    async def test(driven: Driven) -> None:
        await _visit(driven)
        driven.source.answer = Reply(2, ok=False, message="no earlier block since the checkpoint at 0 s")
        await driven.press("pagedown", "pagedown")
        await driven.until(lambda: "RAX" not in driven.screen())
        await driven.press("N")
        await driven.shows("no earlier block")  # above what scrolls
        assert "block 4711  cat (7)" in driven.screen()
        await driven.press("i")
        await driven.until(lambda: driven.source.asked[-1] == ("step", "interrupt", "False"))
        assert ("step", "block", "True") in driven.source.asked

    drive(test, (80, 24))


def _steps(driven: Driven) -> list[tuple[str, ...]]:
    return [request for request in driven.source.asked if request[0] in ("step", "cancel")]


def test_one_step_is_asked_at_a_time_and_keys_wait_for_it() -> None:
    async def test(driven: Driven) -> None:
        await _visit(driven)
        driven.source.steps_take_long = True
        await driven.press("n", "i", "S")
        await driven.shows("looking for it; 2 more keys typed; Esc cancels")
        assert _steps(driven) == [("step", "block", "False")]
        there = Reply(2, ok=True, past=View(3 * 10**9 + 9, 4712, frame(3)))
        for unit, backward in (("interrupt", "False"), ("second", "True")):
            assert driven.source.stepping is not None
            driven.source.stepping.reply.set_result(there)
            await driven.until(lambda: _steps(driven)[-1] == ("step", unit, backward))  # noqa: B023
        await driven.shows("block 4712")

    drive(test, (120, 60))


def test_escape_cancels_a_step_and_what_waits_then_leaves() -> None:
    async def test(driven: Driven) -> None:
        await _visit(driven)
        driven.source.steps_take_long = True
        await driven.press("f", "f", "f", "escape")
        await driven.until(lambda: _steps(driven) == [("step", "firing", "False"), ("cancel", "2")])
        assert driven.source.stepping is not None
        driven.source.stepping.reply.set_result(Reply(2, ok=False, message="cancelled"))
        await driven.shows("cancelled")
        assert "block 4711  cat (7)" in driven.screen()
        assert len(_steps(driven)) == 2
        await driven.press("escape")
        await driven.until(lambda: not isinstance(driven.app.screen, MomentScreen))

    drive(test, (120, 60))


def test_a_step_whose_process_hangs_can_be_left() -> None:
    async def test(driven: Driven) -> None:
        await _visit(driven)
        driven.source.steps_take_long = True
        await driven.press("f", "escape")
        await driven.shows("giving up the step; Esc leaves")
        await driven.press("escape")
        await driven.until(lambda: not isinstance(driven.app.screen, MomentScreen))
        assert [request for request, *_ in _steps(driven)] == ["step", "cancel", "cancel"]  # the visit, at last

    drive(test, (120, 60))


def test_steps_that_wait_are_dropped_where_there_is_no_such_event() -> None:
    async def test(driven: Driven) -> None:
        await _visit(driven)
        driven.source.steps_take_long = True
        await driven.press("f", "f")
        await driven.until(lambda: driven.source.stepping is not None)
        assert driven.source.stepping is not None
        view = View(3 * 10**9, 4711, frame(3), note="no later firing in the past that is known")
        driven.source.stepping.reply.set_result(Reply(2, ok=True, past=view))
        await driven.shows("no later firing")
        assert len(_steps(driven)) == 1

    drive(test, (120, 60))


def test_it_is_said_how_far_a_long_way_has_been_gone() -> None:
    async def test(driven: Driven) -> None:
        driven.source.send(KEPT)
        await driven.press("M")
        await driven.until(lambda: driven.source.question is not None)
        driven.source.send(Progress(1, 12.5, 10.0, 60.0))
        await driven.shows("going there: 2.5 of 50.0 s; Esc leaves")
        driven.source.send(Progress(2, 13.5, 10.0, 60.0))
        driven.source.reply(Reply(1, ok=False, message="that moment is not kept"))
        await driven.shows("that moment is not kept")

    drive(test)


def test_memory_is_read_at_a_place_that_is_given() -> None:
    async def test(driven: Driven) -> None:
        await _visit(driven)
        await driven.press("g")
        await driven.press(*"0x7c00", "enter")
        await driven.until(lambda: ("read", "0x7c00", "256", "0") in driven.source.asked)
        driven.app.session.set_symbols(Symbols([(0x7D00, "T", "sched_yield"), (0x7E00, "T", "reschedule")]))
        await driven.press("g", *"sch")
        await driven.shows("reschedule   0x7e00")
        await driven.press("tab", *"+0x8", "enter")
        await driven.until(lambda: ("read", "0x7d08", "256", "0") in driven.source.asked)

    drive(test)


def test_memory_that_was_asked_for_is_scrolled_to() -> None:
    async def test(driven: Driven) -> None:
        await _visit(driven)
        assert ".hello" not in driven.screen()
        await driven.press("g")
        driven.source.answer = Reply(1, ok=True, past=Memory(0x7C00, b"hello"))
        await driven.press(*"0x7c00", "enter")
        await driven.shows("0000000000007c00  68 65 6c 6c  6f")

    drive(test, (80, 16))


def test_a_visit_says_that_its_machine_has_ended_and_memory_that_cannot_be_read() -> None:
    async def test(driven: Driven) -> None:
        await _visit(driven)
        driven.source.die()
        await driven.shows("the VM process was ended by SIGKILL: no step leads on from here")
        await driven.shows("block 4711  cat (7)")
        driven.source.answer = Reply(2, ok=False, message="that visit has ended")
        await driven.press("g", *"0x10", "enter")
        await driven.shows("that visit has ended")

    drive(test, (120, 60))


def test_another_time_is_gone_to() -> None:
    async def test(driven: Driven) -> None:
        await _visit(driven)
        await driven.press("colon")
        await driven.press(*"9", "enter")
        await driven.shows("expected a time that is kept: 0.000 to 3.000 s")
        await driven.press("backspace", *"-0.5", "enter")
        await driven.until(lambda: driven.source.asked[-1][:2] == ("visit", str(25 * 10**8)))

    drive(test, (120, 60))


def test_leaving_ends_the_visit() -> None:
    async def test(driven: Driven) -> None:
        await _visit(driven)
        await driven.press("escape")
        await driven.until(lambda: driven.source.asked[-1] == ("cancel", "1"))
        assert not isinstance(driven.app.screen, MomentScreen)

    drive(test)


def test_a_moment_that_is_not_kept_is_said() -> None:
    async def test(driven: Driven) -> None:
        await driven.press("M")
        await driven.shows("cannot visit this moment: no past is kept yet")

    drive(test)


def test_code_and_memory_are_those_of_the_chosen_cpu() -> None:
    async def test(driven: Driven) -> None:
        (first,) = frame(3).vcpus
        await _visit(driven, frame(3, vcpus=(first, replace(first, vcpu=1, rip=0x5000))))
        await driven.shows("Code of VCPU0")
        driven.source.answer = Reply(1, ok=True, past=Memory(0x5000, b"\xc3"))
        await driven.press("c")
        await driven.until(lambda: ("read", "0x5000", "256", "1") in driven.source.asked)
        await driven.shows("Code of VCPU1")
        await driven.shows("=> 0000000000005000  ret")
        await driven.shows("as VCPU1 sees it")

    drive(test, (120, 60))


def test_a_long_line_is_one_line_and_can_be_scrolled() -> None:
    async def test(driven: Driven) -> None:
        await _visit(driven, frame(3, console="begin " + "-" * 70 + " end\nnext\n"))
        await driven.until(lambda: "begin" in driven.screen())
        below = driven.screen().split("begin")[1].splitlines()[1]
        assert " next" in below
        assert " end" not in driven.screen()
        await driven.press(*["right"] * 12)
        await driven.shows("--- end")
        await driven.press(*["left"] * 12)
        await driven.shows("begin")

    drive(test, (80, 60))
