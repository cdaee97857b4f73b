# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests and their failures."""

from __future__ import annotations

import pytest

from engine.vm.client import Gone, StartError
from engine.vm.protocol import Reply
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import FakeSource
from vptop.source.source import Take
from vptop.ui.bridge import Machine


def test_failures_of_requests_are_told() -> None:
    async def test(d: Driven) -> None:
        d.source.answer = Reply(1, ok=False, message="the disk is on fire")
        await d.press("p")
        await d.shows("the disk is on fire")

    drive(test)


def test_a_start_that_fails_tells_its_reason_and_the_last_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(self: FakeSource, take: Take) -> None:
        raise StartError("the VM process ended with exit status 1\nTraceback\nAttributeError: no vpc_clock")

    monkeypatch.setattr(FakeSource, "start", start)
    machine = Machine(FakeSource(), lambda _message: True)
    machine.start()
    assert machine.drain() == [
        Gone("the VM process ended with exit status 1", "Traceback\nAttributeError: no vpc_clock")
    ]
