# SPDX-License-Identifier: GPL-2.0-or-later
"""The overview at several sizes."""

from __future__ import annotations

import pytest

from tests.vptop.ui.driving import Driven, drive

SIZES = [(120, 40), (80, 24), (160, 50)]


@pytest.mark.parametrize("size", SIZES)
def test_the_overview_shows_interrupts_latency_and_stacks(size: tuple[int, int]) -> None:
    async def test(d: Driven) -> None:
        for text in ("IRQ top by process", "cruncher", "Disk latency", "Guest stacks"):
            await d.shows(text)
        assert all(len(line) <= size[0] for line in d.screen().splitlines())

    drive(test, size)
