# SPDX-License-Identifier: GPL-2.0-or-later
"""The moments at which a condition held are searched, listed, visited and shown."""

from __future__ import annotations

from textual.widgets import Input, Static

from engine.vm.past.messages import Moment, Moments, PastKept, Progress
from engine.vm.protocol import Place, Reply
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import SCRIPTS
from tests.vptop.ui.test_asking import KEPT
from vptop.ui.past.condition import ConditionArea
from vptop.ui.past.moment import MomentScreen
from vptop.ui.past.when import WhenScreen

HZ = 10**9
FOUND = Moments((Moment(HZ // 2, 11, HZ), Moment(3 * HZ // 2, 22), Moment(5 * HZ // 2, 33)), 0.0, 3.0)


async def _search(driven: Driven, condition: str = "(== RIP 3)") -> None:
    driven.source.send(KEPT)
    await driven.pilot.pause()
    await driven.press("W")
    await driven.shows("When did it hold?")
    await driven.type(condition)
    await driven.press("enter")
    await driven.until(lambda: driven.source.question is not None)


async def _found(driven: Driven) -> None:
    await _search(driven)
    driven.source.reply(Reply(1, ok=True, message="it held 3 times", past=FOUND))
    await driven.shows("3 moments")


def test_progress_is_shown_then_every_moment() -> None:
    async def test(driven: Driven) -> None:
        await _search(driven)
        assert driven.source.asked[-1] == ("when", "(== RIP 3)", "")
        assert "press Enter" not in driven.screen()
        driven.source.send(Progress(1, 2.0, 1.0, 3.0))
        await driven.shows("searching: 1.0 of 2.0 s; Esc cancels")
        driven.source.send(Progress(1, 2.5, 1.0, 3.0, FOUND.moments[:1]))
        await driven.shows("1 moment ")
        await driven.press("enter")
        await driven.shows("a search is running")
        driven.source.reply(Reply(1, ok=True, message="it held 3 times", past=FOUND))
        for text in ("it held 3 times", "0.500000000", "0.500000 s", "1.500000000", "33", "3 moments"):
            await driven.shows(text)

    drive(test)


def test_enter_visits_the_moment_and_escape_comes_back_to_the_list() -> None:
    async def test(driven: Driven) -> None:
        await _found(driven)
        await driven.press("G", "enter")
        await driven.until(lambda: isinstance(driven.app.screen, MomentScreen))
        assert driven.source.asked[-1][:2] == ("visit", str(5 * HZ // 2))
        await driven.press("escape")
        await driven.until(lambda: isinstance(driven.app.screen, WhenScreen))
        await driven.shows("3 moments")

    drive(test)


def test_the_second_of_a_moment_is_shown_and_the_search_is_there_again() -> None:
    async def test(driven: Driven) -> None:
        await _found(driven)
        await driven.press("j", "t")
        await driven.until(lambda: not isinstance(driven.app.screen, WhenScreen))
        shown = driven.app.session.timeline.shown
        assert shown is not None
        assert shown.guest_seconds == 2.0  # the Frame of the second in which 1.5 s is
        await driven.press("W")
        for text in ("(== RIP 3)", "it held 3 times", "3 moments"):
            await driven.shows(text)

    drive(test)


def test_escape_cancels_first_and_leaves_then() -> None:
    async def test(driven: Driven) -> None:
        await _search(driven)
        await driven.press("escape")
        assert driven.source.asked[-1] == ("cancel", "1")
        driven.source.reply(Reply(1, ok=False, message="cancelled"))
        await driven.shows("cancelled")
        await driven.press("escape")
        await driven.until(lambda: not isinstance(driven.app.screen, WhenScreen))

    drive(test)


def test_a_machine_that_ends_meanwhile_is_said() -> None:
    async def test(driven: Driven) -> None:
        await _search(driven)
        driven.source.reply(Reply(0, ok=False, message="the VM process was ended by SIGKILL"))
        await driven.shows("the VM process was ended by SIGKILL")
        await driven.press("enter")
        assert [request[0] for request in driven.source.asked].count("when") == 2

    drive(test)


def test_what_was_found_in_a_machine_is_not_there_in_the_next_one() -> None:
    async def test(driven: Driven) -> None:
        await _found(driven)
        driven.source.die()
        await driven.until(lambda: "SIGKILL" in str(driven.app.screen.query_one("#when-state", Static).content))
        await driven.press("escape", "enter")
        await driven.until(lambda: ("restart", *SCRIPTS) in driven.source.asked)
        driven.source.send(KEPT)
        await driven.pilot.pause()
        await driven.press("W")
        await driven.shows("(== RIP 3)")
        assert "3 moments" not in driven.screen()

    drive(test)


def test_a_condition_that_is_refused_is_marked() -> None:
    async def test(driven: Driven) -> None:
        await _search(driven, "(== RIPP 3)")
        place = Place("E201", "error", "unknown ident RIPP", "condition", 1, 5, 1, 9, "(== RIPP 3)", "", ("RIP",))
        driven.source.reply(Reply(1, ok=False, message="refused", diagnostics=(place,)))
        await driven.shows("✗ unknown ident RIPP; did you mean: RIP")

    drive(test)


def test_a_probe_point_is_offered_and_the_condition_is_evaluated_there() -> None:
    async def test(driven: Driven) -> None:
        driven.source.send(KEPT)
        await driven.pilot.pause()
        await driven.press("W")
        await driven.shows("When did it hold?")
        await driven.press("enter")
        await driven.shows("type a condition, such as (== (curpid) 3)")
        area = driven.app.screen.query_one(ConditionArea)
        area.show_places(())  # an empty field has nothing wrong
        await driven.pilot.pause()
        await driven.shows("type a condition, such as (== (curpid) 3)")
        await driven.type("(== ARG0 46)")
        await driven.press("tab")
        field = driven.app.screen.query_one("#when-at", Input)
        await driven.until(lambda: field.has_focus, "the field has the focus")
        await driven.type("Guest_IR")
        # until the offer for all that was typed is there: one for less of it looks the same, and is dropped
        await driven.until(lambda: field.value == "Guest_IR" and "Guest_IRQ" in field.render_line(0).text, "the offer")
        await driven.press("right", "enter")
        await driven.until(lambda: driven.source.question is not None)
        assert driven.source.asked[-1] == ("when", "(== ARG0 46)", "Guest_IRQ")
        driven.source.reply(Reply(1, ok=True, message="it never held", past=Moments((), 0.0, 3.0)))
        await driven.shows("it never held from 0.000 to 3.000 s")

    drive(test)


def test_its_keys_are_listed() -> None:
    async def test(driven: Driven) -> None:
        driven.source.send(KEPT)
        await driven.pilot.pause()
        await driven.press("W")
        await driven.shows("When did it hold?")
        await driven.press("f1")
        await driven.shows("Keys that work here")
        await driven.shows("in the list: show its second")

    drive(test)


def test_where_no_past_is_kept_that_is_said() -> None:
    async def test(driven: Driven) -> None:
        driven.source.send(PastKept((), 0, 0, "no past is kept: this platform cannot fork a process"))
        await driven.pilot.pause()
        await driven.press("W")
        await driven.shows("cannot search the past: no past is kept: this platform cannot fork a process")

    drive(test)
