# SPDX-License-Identifier: GPL-2.0-or-later
"""Probes."""

from __future__ import annotations

from engine.vm.protocol import FrameMessage
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
