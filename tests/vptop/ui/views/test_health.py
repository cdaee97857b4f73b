# SPDX-License-Identifier: GPL-2.0-or-later
"""The panel of health."""

from __future__ import annotations

import pytest

from engine.vm.past.messages import PastKept
from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import frame


def line(d: Driven, name: str) -> str:
    return next(line for line in d.screen().splitlines() if f" {name} " in line)


def test_numbers_and_their_history() -> None:
    async def test(d: Driven) -> None:
        await d.press("9")
        await d.shows("Health")
        assert line(d, "speed").split()[1:6] == ["speed", "1.0", "×", "real", "time"]
        assert "▇▇" in line(d, "probe hits")
        await d.shows("last 2 s · 3 Frames kept")
        d.source.send(FrameMessage(frame(4, wall_seconds=6.1)))
        await d.until(lambda: "▲ speed" in line(d, "speed"))

    drive(test)


def test_where_no_past_is_kept_the_reason_is_shown() -> None:
    async def test(d: Driven) -> None:
        d.source.send(PastKept((), 0, 0, "no past is kept: this platform cannot fork a process"))
        await d.press("9")
        await d.shows("no past is kept: this platform cannot fork a process")
        d.source.send(PastKept((5.0, 10.0), 3 << 20, 512 << 20))
        await d.frames(4)
        await d.shows("past since 5 s, 3 of 512 MiB")

    drive(test)


@pytest.mark.parametrize(("size", "panels"), [((80, 24), 4), ((80, 40), 4), ((120, 24), 5), ((40, 10), 1)])
def test_small_screens_have_devices_and_health_as_long_as_they_fit(size: tuple[int, int], panels: int) -> None:
    async def test(d: Driven) -> None:
        await d.press("9")
        await d.until(lambda: len(d.app.active_view.panels) == panels)
        height = d.app.active_view.size.height
        assert all(panel.region.height >= 3 for panel in d.app.active_view.panels)
        assert max(panel.region.bottom for panel in d.app.active_view.panels) <= d.app.active_view.region.y + height

    drive(test, size)
