# SPDX-License-Identifier: GPL-2.0-or-later
"""Sentences longer than a line of the screen."""

from __future__ import annotations

import pytest

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.widgets import messages
from vptop.ui.widgets.messages import Banner, MessageBar

KEPT = "kept the rows of running, latency, slowest and the variables started, ended; reset stacks; removed faults"
FILE = f"/home/somebody/{'scripts/' * 8}disk-latency.vp changed on disk"


@pytest.mark.parametrize(
    ("size", "text", "rows"),
    [((80, 24), KEPT, 2), ((60, 20), KEPT, 2), ((40, 10), "no baseline, and no second to compare with", 2)],
)
def test_a_message_takes_the_rows_that_it_needs(size: tuple[int, int], text: str, rows: int) -> None:
    async def test(d: Driven) -> None:
        view = d.app.active_view.region.height
        d.app.say(text, "good")
        await d.until(lambda: d.app.query_one(MessageBar).region.height == rows)
        last = d.screen().splitlines()[-1 - rows : -1]
        assert " ".join("".join(last).replace("●", "").split()) == text
        await d.press("escape")
        await d.until(lambda: d.app.active_view.region.height == view)

    drive(test, size)


def test_a_message_is_cut_where_the_screen_is_too_small_and_follows_its_size() -> None:
    async def test(d: Driven) -> None:
        d.app.say(FILE, "warn")
        await d.shows("…")
        assert d.app.query_one(MessageBar).region.height == 2
        await d.pilot.resize_terminal(80, 24)
        await d.shows("changed on disk")
        assert "…" not in "".join(d.screen().splitlines()[-3:-1])

    drive(test, (40, 10))


@pytest.mark.parametrize(
    ("severity", "seconds", "stays"),
    [("bad", 0.0, True), ("warn", 0.0, False), ("warn", 60.0, True), ("good", 60.0, False)],
)
def test_a_message_that_was_read_goes_with_the_view(
    severity: str, seconds: float, stays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "READ_SECONDS", seconds)

    async def test(d: Driven) -> None:
        d.app.say("no baseline", severity)
        await d.shows("no baseline")
        await d.press("5")
        await d.until(lambda: d.app.view == "stacks")
        assert ("no baseline" in d.screen()) is stays

    drive(test)


def test_the_reason_of_the_end_takes_the_rows_that_it_needs() -> None:
    async def test(d: Driven) -> None:
        d.app.query_one(Banner).show(f"cannot read {FILE}", "last words")
        await d.shows("The last second stays on screen.")
        await d.shows("last words")
        await d.shows("starts the machine again")

    drive(test, (80, 24))
