# SPDX-License-Identifier: GPL-2.0-or-later
"""The app and its machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import IRQ_SCRIPT, SCRIPTS, frame


def test_a_dead_machine_is_told_and_started_again() -> None:
    async def test(d: Driven) -> None:
        d.source.die()
        await d.shows("ended by SIGKILL")
        await d.shows("last words")
        await d.shows("cruncher")
        await d.press("0", "enter")  # a dialog has the key for itself
        assert ("restart", *SCRIPTS) not in d.source.asked
        await d.press("escape", "enter")
        assert d.source.asked[-1] == ("restart", *SCRIPTS)
        await d.until(lambda: "SIGKILL" not in d.screen(), "the banner goes")

    drive(test)


def test_a_machine_that_sends_nothing_is_told() -> None:
    async def test(d: Driven) -> None:
        d.app.unheard(4.0)
        assert "no frame" not in d.screen()
        d.app.unheard(7.9)
        await d.shows("▲ no frame for 7 s")
        await d.frames(4)
        await d.until(lambda: "no frame" not in d.screen(), "a Frame is heard")
        d.source.send(FrameMessage(frame(5, paused=True)))
        await d.shows("paused")
        d.app.unheard(9.0)
        assert "no frame" not in d.screen()

    drive(test)


def test_a_frame_that_comes_while_the_screen_is_taken_down_ends_nothing() -> None:
    async def test(d: Driven) -> None:
        await d.app.edit_view.remove()
        await d.frames(4)
        assert d.app.is_running

    drive(test)


def test_quitting_with_a_changed_draft_asks() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        await d.type("; mine ")
        await d.press("ctrl+q")
        await d.shows("Not saved: vptop.vp")
        await d.press("n")
        assert d.app.is_running
        assert d.app.screen is d.app.screen_stack[0]

    drive(test)


def test_quitting_does_not_ask_for_what_is_in_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def test(d: Driven) -> None:
        await d.press("8")
        await d.type("; mine ")
        await d.press("ctrl+o")
        await d.shows("wrote vptop.vp")
        await d.press("ctrl+q")
        assert len(d.app.screen_stack) == 1

    drive(test)


def test_a_file_that_another_program_changed_is_not_overwritten_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vptop.vp").write_text("; theirs")

    async def test(d: Driven) -> None:
        await d.press("8", "ctrl+o")
        await d.shows("has changed")
        await d.press("n")
        assert (tmp_path / "vptop.vp").read_text() == "; theirs"
        await d.press("ctrl+o", "y")
        await d.shows("wrote vptop.vp")
        assert (tmp_path / "vptop.vp").read_text() == IRQ_SCRIPT
        await d.press("ctrl+o")
        assert len(d.app.screen_stack) == 1

    drive(test)


def test_the_palette_runs_what_the_panel_has_keys_for() -> None:
    async def test(d: Driven) -> None:
        await d.press("2", "ctrl+p")
        await d.type("reverse the order")
        await d.shows("reverse the order (r)")
        await d.press("enter")
        await d.until(lambda: getattr(d.app.panel, "sort").reverse)  # noqa: B009

    drive(test)
