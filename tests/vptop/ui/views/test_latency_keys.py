# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import pytest

from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import DISK_SCRIPT, aggregate, frame, ones, which
from vptop.ui.views import latency_keys
from vptop.ui.views.latency_keys import PerKeyPanel

SCRIPT = DISK_SCRIPT.replace("unit=us", "unit=us keys=bucket,process,op").replace("latency_us 1 1", "latency_us 1 2")


@pytest.mark.parametrize("at_once", [5_000, 0])
def test_a_line_for_each_key(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once or by a thread: the same line."""
    monkeypatch.setattr(latency_keys, "AT_ONCE", at_once)

    async def test(d: Driven) -> None:
        await d.press("4")
        await d.shows("By key")
        panel = d.app.query_one("#latency-keys", PerKeyPanel)
        await d.until(lambda: [(row.label, row.histogram.count) for row in panel.rows] == [("read", 1376)])
        await d.press("w")
        await d.until(lambda: [row.histogram.count for row in panel.rows] == [3 * 1376])

    drive(test)


def test_each_key_has_a_column_and_a_process_leads_on() -> None:
    async def test(d: Driven) -> None:
        d.app.session.set_source("disk-latency.vp", SCRIPT)
        counted = aggregate([ones((64,), ("idle", "read"), 3), ones((128,), ("tar", "write"), 1)])
        d.source.send(FrameMessage(frame(4, aggregates={**frame(4).aggregates, which("latency_us"): counted})))
        await d.press("4")
        await d.shows("PROCESS")
        panel = d.app.query_one("#latency-keys", PerKeyPanel)
        await d.until(lambda: [row.texts for row in panel.rows] == [["idle", "read"], ["tar", "write"]])
        assert [*panel.table().columns[:2]] == ["PROCESS", "OP"]
        assert "stacks of idle" in [lead.title for lead in panel.leads()]

    drive(test, (160, 50))
