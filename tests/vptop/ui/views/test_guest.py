# SPDX-License-Identifier: GPL-2.0-or-later
"""Registers and devices."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive


def test_devices_stand_over_their_counts() -> None:
    """Totals, and how many each second."""

    async def test(d: Driven) -> None:
        await d.press("9")
        await d.frames(4, 5)
        await d.shows("4060")
        lines = [line.split("│")[-2].rstrip() for line in d.screen().splitlines() if "│" in line]
        at = lines.index("disk")
        assert [line.split() for line in lines[at + 1 : at + 3]] == [
            ["sectors", "read", "4060", "812.0/s"],
            ["interrupts", "305", "61.0/s"],
        ]

    drive(test, (160, 50))
