# SPDX-License-Identifier: GPL-2.0-or-later
"""Histograms at several sizes, spans and scales."""

from __future__ import annotations

import pytest

from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import frame


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 15)])
def test_chart_percentiles_and_heat_map(size: tuple[int, int]) -> None:
    async def test(d: Driven) -> None:
        await d.press("4")
        for text in ("Disk latency (µs)", "p50", "Latency over time", "this second"):
            await d.shows(text)

    drive(test, size)


def test_spans_and_scales_are_those_of_all_panels() -> None:
    async def test(d: Driven) -> None:
        await d.press("4", "w")
        await d.shows("10 s")
        await d.shows("n 4128")
        await d.press("L")
        assert d.screen().count("linear") == 2
        await d.press("t")
        await d.shows("── p50")

    drive(test)


def test_nothing_to_show_is_said() -> None:
    async def test(d: Driven) -> None:
        await d.press("4")
        d.source.send(FrameMessage(frame(4, aggregates={})))
        for second in range(5, 66):
            d.source.send(FrameMessage(frame(second, aggregates={})))
        await d.shows("no histogram")

    drive(test)
