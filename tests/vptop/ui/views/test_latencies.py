# SPDX-License-Identifier: GPL-2.0-or-later
"""What panels of latencies share."""

from __future__ import annotations

import pytest

from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import DISK_SCRIPT, aggregate, frame, ones, which
from vptop.model import keyfilter
from vptop.model.box import Box
from vptop.model.moment import Moment
from vptop.ui.views.histograms import HistogramPanel
from vptop.ui.views.latencies import in_box, unit_of
from vptop.ui.views.latency_keys import PerKeyPanel
from vptop.ui.views.latency_slowest import SlowestPanel


def test_spans_and_boxes_in_words(moment: Moment) -> None:
    assert in_box(moment, None, 1) == "this second"
    assert in_box(moment, None, 10) == "10 s"
    assert in_box(moment, Box(64, 2048, 1, 2), 10) == "box 64–2.05k, 2 s"
    assert in_box(moment, Box(64, 128, 0, 0), 10) == "box 64–128, 1 s, 2 s ago"


def test_the_unit_is_hinted_or_that_of_the_disk(moment: Moment) -> None:
    assert unit_of(moment, which("latency_us")) == unit_of(moment, which("latencies")) == "µs"
    assert unit_of(moment, which("running")) == ""


SCRIPT = DISK_SCRIPT.replace("unit=us", "unit=us keys=bucket,process,op").replace("latency_us 1 1", "latency_us 1 2")
ROWS = [
    ones((64,), ("idle", "read"), 3),
    ones((128,), ("idles", "read"), 4),
    *(ones((4096 + 512 * at,), ("tar", "write"), 1) for at in range(8)),
]


@pytest.mark.parametrize("at_once", [2_000, 0])
def test_the_latency_of_a_process_is_that_of_all_panels(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Matched at once or by a thread: the same."""
    monkeypatch.setattr(keyfilter, "AT_ONCE", at_once)

    async def test(d: Driven) -> None:
        d.app.session.set_source("disk-latency.vp", SCRIPT)
        d.source.send(FrameMessage(frame(4, aggregates={**frame(4).aggregates, which("latency_us"): aggregate(ROWS)})))
        await d.press("3")
        await d.shows("idle")
        await d.press("/", *"idle", "enter", "m")
        panel = d.app.panel
        assert panel is not None
        await d.press(*["down"] * [lead.title for lead in panel.leads()].index("latency of idle"), "enter")
        await d.shows("Disk latency ‹re:^idle$›")
        await d.until(lambda: "n 3 " in d.screen(), "the chart counts its requests alone")
        slowest, keys = d.app.query_one(SlowestPanel), d.app.query_one(PerKeyPanel)
        await d.until(lambda: [row.low for row in slowest.rows] == [64])
        assert [row.label for row in keys.rows] == ["idle read"]
        assert d.screen().count("‹re:^idle$›") == 5, "every title says so"
        heat = d.app.query_one("#latency-heat", HistogramPanel)
        assert {cells[1] for cells in heat.table().rows} == {"64"}
        await d.press("escape", "4")
        await d.shows("n 15 ")
        assert "‹" not in d.screen()
        await d.press("/", *"op~write", "enter")
        await d.until(lambda: "n 8 " in d.screen())
        await d.press("/", *"op~write max>7ms", "enter")
        await d.until(lambda: [row.low for row in slowest.rows] == [7680, 7168])
        assert [row.label for row in keys.rows] == ["tar write"]
        assert "n 8 " in d.screen(), "the chart has no such number"
        await d.press("escape")
        await d.shows("n 15 ")

    drive(test, (160, 50))
