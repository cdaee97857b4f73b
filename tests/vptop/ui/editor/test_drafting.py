# SPDX-License-Identifier: GPL-2.0-or-later
"""The text over the running version."""

from __future__ import annotations

from engine.probes.frame import RuntimeFault
from engine.vm.protocol import FrameMessage, Reply
from engine.vp.editing.names import Candidate, Names
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.editor.test_pane import WRONG
from tests.vptop.ui.fakes import IRQ_SCRIPT, frame
from vptop.source.checking import Finding, TakeFinding
from vptop.ui.editor import EditorPane


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


def test_what_is_found_in_an_earlier_text_is_not_shown() -> None:
    async def test(d: Driven) -> None:
        asked: list[tuple[str, TakeFinding]] = []
        await d.press("8")
        editor = d.app.query_one(EditorPane)
        await d.until(lambda: editor.area.names.own and not editor.being_checked, "the first check")
        editor.check = lambda _name, source, take: asked.append((source, take))
        for text in ("one", "two"):
            editor.set_text("vptop.vp", text)
            await d.until(lambda: asked and asked[-1][0] == text)  # noqa: B023 - called at once
        (_, old), (_, new) = asked
        new(Finding(names=Names((Candidate("new", "integer", "", ""),))))
        old(Finding(names=Names(), places=(WRONG,), is_last=True))
        await d.pilot.pause()
        assert [one.name for one in editor.area.names.own] == ["new"]
        assert editor.being_checked == ("vptop.vp", "two")
        assert not editor.area.marks.wrong
        new(Finding(trouble="the process ended", is_last=True))
        await d.shows("vptop.vp was not checked: the process ended")
        assert editor.being_checked is None

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
