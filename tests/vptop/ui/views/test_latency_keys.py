# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import pytest

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.views import latency_keys
from vptop.ui.views.latency_keys import PerKeyPanel


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
