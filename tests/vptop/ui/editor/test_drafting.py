# SPDX-License-Identifier: GPL-2.0-or-later
"""The text over the running version."""

from __future__ import annotations

import threading

from engine.probes.frame import RuntimeFault
from engine.vm.protocol import FrameMessage, Place, Reply
from tests.vptop.ui.driving import PATIENCE, Driven, drive
from tests.vptop.ui.fakes import IRQ_SCRIPT, frame
from vptop.ui.editor import EditorPane
from vptop.ui.editor.drafting import LONGEST_PAUSE, PAUSE


def test_run_time_errors_stand_beside_their_line_also_when_it_has_moved() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        await d.type("\n")
        fault = RuntimeFault("vptop.vp", "Guest_IRQ", "vptop.vp", 4, 3, "division by zero", 9)
        d.source.send(FrameMessage(frame(4, errors=(fault,))))
        await d.shows("✗ division by zero (9×)")
        assert d.app.query_one(EditorPane).area.marks.failed == {4: "division by zero (9×)"}

    drive(test)


def test_the_text_of_a_script_that_is_not_shown_can_be_replaced() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        editor = d.app.query_one(EditorPane)
        await d.press("alt+right")
        editor.set_text("vptop.vp", "; other")
        assert editor.text_of("vptop.vp") == "; other"
        assert editor.unsaved == ["vptop.vp"]
        editor.set_text("vptop.vp", IRQ_SCRIPT)
        assert editor.unsaved == []

    drive(test)


def test_one_check_runs_at_a_time_and_the_last_text_is_checked() -> None:
    async def test(d: Driven) -> None:
        begun: list[str] = []
        go_on = threading.Semaphore(0)

        def check(_name: str, source: str) -> tuple[Place, ...]:
            begun.append(source)
            assert go_on.acquire(timeout=PATIENCE)
            return ()

        await d.press("8")
        editor = d.app.query_one(EditorPane)
        await d.until(lambda: editor.area.names.own, "the first check")
        await d.until(lambda: not editor._checking)
        editor.check = check
        for text in ("one", "two", "three"):
            editor.set_text("vptop.vp", text)
            await d.pilot.pause()
            editor._check_text()
        await d.until(lambda: len(begun) == 1)
        go_on.release()
        await d.until(lambda: len(begun) == 2)
        go_on.release(3)
        await d.until(lambda: not editor._checking)
        assert begun[:2] == ["one", "three"]

    drive(test)


def test_a_text_whose_check_takes_long_is_checked_after_a_longer_pause() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        editor = d.app.query_one(EditorPane)
        await d.until(lambda: editor.area.names.own and not editor._checking, "the first check")
        for seconds, pause in ((0.01, PAUSE), (1.0, 1.0), (60.0, LONGEST_PAUSE)):
            editor._checked(seconds)
            assert editor._pause == pause
        editor._rest()
        assert not editor._checking
        editor._checked(0.01)
        editor._rest()
        assert editor._checking

    drive(test)


def test_a_second_of_an_earlier_version_has_no_rates_for_the_lines_of_this_one() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        editor = d.app.query_one(EditorPane)
        await d.shows("290.0/s")
        await d.press(";")
        d.source.answer = Reply(1, ok=True, message="v1 → v2", generation=2)
        await d.press("ctrl+s")
        await d.shows("v2 runs")
        moment = d.app.session.at(1)
        assert moment is not None
        editor.show_moment(moment)
        assert editor.area.marks.rates == {}
        assert "v2 runs" in str(editor.area.border_title)

    drive(test)
