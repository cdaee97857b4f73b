# SPDX-License-Identifier: GPL-2.0-or-later
"""The overview at several sizes."""

from __future__ import annotations

import pytest

from tests.vptop.ui.driving import Driven, drive
from vptop.model.transcript import Transcript

SIZES = [(120, 40), (80, 24), (160, 50)]


@pytest.mark.parametrize("size", SIZES)
def test_the_overview_shows_interrupts_latency_and_stacks(size: tuple[int, int]) -> None:
    async def test(d: Driven) -> None:
        for text in ("IRQ top by process", "cruncher", "Disk latency", "Guest stacks"):
            await d.shows(text)
        assert all(len(line) <= size[0] for line in d.screen().splitlines())

    drive(test, size)


def test_the_log_has_room_only_when_something_was_printed() -> None:
    async def test(d: Driven) -> None:
        await d.shows("7 Log")
        assert "slow io" in d.screen()

    async def quiet(d: Driven) -> None:
        d.app.session.log = Transcript()
        d.app.show_moment()
        await d.until(lambda: "7 Log ─" not in d.screen())
        console = next(line for line in d.screen().splitlines() if "9 Guest console" in line)
        assert console.startswith("╭─ 9 Guest console"), "the console begins at the left edge"

    drive(test)
    drive(quiet)
