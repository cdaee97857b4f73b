# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests and their failures."""

from __future__ import annotations

from engine.vm.protocol import Reply
from tests.vptop.ui.driving import Driven, drive


def test_failures_of_requests_are_told() -> None:
    async def test(d: Driven) -> None:
        d.source.answer = Reply(1, ok=False, message="the disk is on fire")
        await d.press("p")
        await d.shows("the disk is on fire")

    drive(test)
