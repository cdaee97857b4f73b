# SPDX-License-Identifier: GPL-2.0-or-later
"""Stacks that are too many to sum before the next paint."""

from __future__ import annotations

import pytest

from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import aggregate, frame, ones, which
from vptop.model.session import Session
from vptop.ui.views import stackwork
from vptop.ui.views.stacks import StackPanel


def test_many_stacks_are_summed_in_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stackwork, "AT_ONCE", 0)

    async def test(d: Driven) -> None:
        await d.press("5")
        panel = d.app.query_one("#stack-tree", StackPanel)
        await d.until(lambda: panel.stacks.root.total == 300)
        await d.frames(4)
        await d.until(lambda: panel.stacks.root.total == 400)
        await d.press("i")
        await d.until(lambda: panel.stacks.root.ordered()[0].label == "0xffffffff80001010")
        await d.frames(5, 6, 7, 8, 9, 10, 11)
        await d.press("w", "w", "w")
        await d.until(lambda: panel.stacks.root.total == 1000, "10 s")
        assert "1000 samples in 10 s" in d.screen()
        await d.press("S")
        await d.shows("100.0 samples/s in 10 s")
        assert "OWN/S" in d.screen()

    drive(test)


@pytest.mark.parametrize("batch", [2_000_000, 100])
def test_stacks_of_many_rows_are_summed_as_columns(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stackwork, "AT_ONCE", 0)
    monkeypatch.setattr(stackwork, "REMEMBERED", 0)
    monkeypatch.setattr(stackwork, "BATCH", batch)

    async def test(d: Driven) -> None:
        await d.press("5")
        panel = d.app.query_one("#stack-tree", StackPanel)
        await d.until(lambda: panel.stacks.root.total == 300)
        assert "left out" not in d.screen()
        monkeypatch.setattr(stackwork, "MOST_STACKS", 1)
        await d.frames(4)
        await d.until(lambda: 0 < panel.stacks.root.total < 300)
        await d.shows(f"{400 - panel.stacks.root.total} of rare stacks left out")

    drive(test)


def test_samples_of_before_the_first_frame_are_in_no_window() -> None:
    session = Session()
    for second in (300, 301, 302):
        data = aggregate([ones((), ("idle", "GUEST_0x1"), second)], logged=False)
        session.add(frame(second, aggregates={"stacks": data}))
    moment = session.moment()
    assert moment is not None
    found = stackwork.window(moment, which("stacks"), 60)
    assert [(one.total_hits, one.seconds) for one in found] == [(1, 1.0), (1, 1.0)]
