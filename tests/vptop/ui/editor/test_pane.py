# SPDX-License-Identifier: GPL-2.0-or-later
"""Editing a running script."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.diagnostics import places_of
from engine.vm.protocol import Place, Replacement, Reply
from engine.vp import compile_script
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import IRQ_SCRIPT
from vptop.ui.editor import EditorPane
from vptop.ui.editor.versions import VersionPanel

WRONG = Place(
    "E208", "error", "unknown probe Guest_IR", "vptop.vp", 3, 9, 3, 17, "(vprobe Guest_IR", "a probe",
    ("Guest_IRQ",), (), Replacement(3, 9, 3, 17, "Guest_IRQ", "change to Guest_IRQ"),
)  # fmt: skip


def pane(d: Driven) -> EditorPane:
    return d.app.query_one(EditorPane)


async def opened(d: Driven) -> EditorPane:
    await d.press("8")
    return pane(d)


def test_the_running_script_is_there_with_its_rates() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        assert editor.area.text == IRQ_SCRIPT
        assert not editor.modified
        await d.shows("290.0/s")

    drive(test)


def test_apply_sends_the_text_in_place_of_the_running_one() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        await d.press("ctrl+end")
        await d.type("; more")
        assert editor.modified
        d.source.answer = Reply(1, ok=True, message="v1 → v2: kept running", generation=2)
        await d.press("ctrl+s")
        await d.shows("kept running")
        assert d.source.asked[-1] == ("load", "vptop.vp", IRQ_SCRIPT + "; more", "vptop.vp")
        assert not editor.modified
        await d.shows("v2 runs")

    drive(test)


def test_a_refused_script_leaves_the_old_one_running_and_says_so() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        d.source.places = (WRONG,)
        await d.type("x")
        d.source.answer = Reply(1, ok=False, message="vptop.vp was not loaded: 1 error", diagnostics=(WRONG,))
        await d.press("ctrl+s")
        await d.shows("not applied: 1 error")
        await d.shows("unknown probe Guest_IR")
        await d.shows("draft, v1 runs")
        assert editor.modified
        assert editor.area.text == "x" + IRQ_SCRIPT

    drive(test)


def test_fixes_of_the_real_checker_mend_the_text() -> None:
    source = '(vprobe VMM1Hz (printff "x"))\n'
    (place,) = places_of(compile_script(source, "a.vp").diagnostics)
    assert place.fix is not None
    lines = source.split("\n")
    line = lines[place.fix.line - 1]
    lines[place.fix.line - 1] = line[: place.fix.column - 1] + place.fix.text + line[place.fix.end_column - 1 :]
    assert compile_script("\n".join(lines), "a.vp").program is not None


def test_back_to_the_running_text_and_undone() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        await d.type("x")
        await d.press("ctrl+r")
        assert editor.area.text == IRQ_SCRIPT
        await d.press("ctrl+z")
        assert editor.area.text == "x" + IRQ_SCRIPT

    drive(test)


def test_the_version_before_runs_again() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        await d.type("; new")
        d.source.answer = Reply(1, ok=True, message="v1 → v2", generation=2)
        await d.press("ctrl+s")
        await d.until(lambda: not editor.modified)
        d.source.answer = Reply(1, ok=True, message="v2 → v3", generation=3)
        await d.press("alt+z")
        await d.until(lambda: d.source.asked[-1] == ("load", "vptop.vp", IRQ_SCRIPT, "vptop.vp"))

    drive(test)


def test_saving_writes_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def test(d: Driven) -> None:
        await opened(d)
        await d.press("ctrl+o")
        await d.shows("wrote vptop.vp")
        assert (tmp_path / "vptop.vp").read_text() == IRQ_SCRIPT

    drive(test)


def test_comments_and_new_lines() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        await d.press("ctrl+underscore")
        assert editor.area.text.startswith("; ; vptop.vp") or editor.area.text.startswith("vptop.vp")
        editor.area.load_text("")
        await d.type("(vprobe VMM1Hz\n")
        assert editor.area.text == "(vprobe VMM1Hz\n  "

    drive(test)


def test_go_to_definition() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        editor.goto(6, 13)
        await d.press("f12")
        assert editor.area.cursor_location == (1, 9)

    drive(test)


def test_a_text_without_errors_is_applied_by_itself_when_asked_for() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        await d.press("alt+a")
        await d.shows("auto-apply")
        d.source.places = (WRONG,)
        await d.type("x")
        await d.shows("Problems 1")
        assert not [asked for asked in d.source.asked if asked[0] == "load"]
        d.source.places = ()
        d.source.answer = Reply(1, ok=True, message="v1 → v2", generation=2)
        await d.press("backspace")
        await d.type("; a ")
        await d.until(lambda: not editor.modified, "applying")
        assert ("load", "vptop.vp", "; a " + IRQ_SCRIPT, "vptop.vp") in d.source.asked

    drive(test)


def test_a_version_is_compared_and_taken() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        await d.type("; new")
        d.source.answer = Reply(1, ok=True, message="v1 → v2", generation=2)
        await d.press("ctrl+s")
        await d.until(lambda: not editor.modified)
        panel = editor.query_one(VersionPanel)
        assert [(version.generation, version.added, version.removed) for version in panel.rows] == [
            (2, 1, 1),
            (1, 0, 0),
        ]
        panel.cursor = 1
        panel.action_open()
        await d.shows("v1 against the text in the editor")
        await d.shows("-; vptop.vp")
        await d.press("enter")
        assert editor.area.text == IRQ_SCRIPT

    drive(test)


def test_another_editor_is_refused_where_the_terminal_cannot_be_given_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "true")

    async def test(d: Driven) -> None:
        editor = await opened(d)
        await d.press("f4")
        await d.shows("needs a terminal of its own")
        assert editor.area.text == IRQ_SCRIPT

    drive(test)


def test_a_definition_that_has_moved_since_typing_paused_is_found() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        editor = d.app.query_one(EditorPane)
        editor.set_text("vptop.vp", "(defun f () 1)\n(vprobe VMM1Hz (logint (f)))")
        await d.until(lambda: editor.names_of == editor.area.text)
        await d.press("ctrl+home", "enter")
        editor.goto(3, 25)
        await d.press("f12")
        await d.until(lambda: editor.area.cursor_location == (1, 7))

    drive(test)
