# SPDX-License-Identifier: GPL-2.0-or-later
"""Stacks that are too many to sum before the next paint."""

from __future__ import annotations

import pytest

from tests.vptop.ui.driving import Driven, drive
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
