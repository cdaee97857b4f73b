# SPDX-License-Identifier: GPL-2.0-or-later
"""Capturing the session of a dashboard."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from engine.vm.protocol import Reply
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import IRQ_SCRIPT
from vptop.model.capture import Script, Shown, read
from vptop.model.playback import large_session
from vptop.source.replay import ReplaySource
from vptop.ui.app import VptopApp


def test_seconds_before_and_after_are_captured_and_shown_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def test(d: Driven) -> None:
        await d.press("C")
        await d.shows("● CAP 3")
        await d.frames(4)
        await d.press("8")
        await d.type("; mine ")
        d.source.answer = Reply(1, ok=True, message="v1 → v2", generation=2)
        await d.press("ctrl+s")
        await d.shows("v1 → v2")
        await d.frames(5)
        await d.press("escape", "q")
        await d.shows("is still being written")
        await d.shows("5 seconds so far")
        await d.press("n", "C")
        await d.shows("5 Frames written; `vptop replay vptop-")

    drive(test)
    (path,) = tmp_path.glob("*.vpc")
    records = list(read(path))
    assert [one.frame.frame for one in records if isinstance(one, Shown)] == [1, 2, 3, 4, 5]
    assert records[-2] == Script("vptop.vp", "; mine " + IRQ_SCRIPT)

    async def again() -> None:
        session = large_session()
        session.is_replay = True
        app = VptopApp(ReplaySource(path), session=session)
        async with app.run_test(size=(120, 40)) as pilot:
            d = Driven(app, None, pilot)  # type: ignore[arg-type]
            await d.shows("■ CAPTURE")
            await d.shows("5/5")
            await d.press("[")
            await d.shows("4/5")
            await d.press("p")
            await d.shows("cannot be changed")
            await d.press("9", "i")
            await d.shows("cannot type to the guest: a capture is shown")
            await d.press("3")
            await d.shows("cruncher")

    asyncio.run(again())


def test_a_capture_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def test(d: Driven) -> None:
        d.app.begin_capture(Path("/dev/full"))
        await d.shows("No space left on device")
        assert d.app.session.capturing is None

    drive(test)
