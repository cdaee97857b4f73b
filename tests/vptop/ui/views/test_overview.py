# SPDX-License-Identifier: GPL-2.0-or-later
"""The overview at several sizes."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from engine.vm.protocol import FrameMessage
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import frame
from vptop.model.transcript import Transcript

SIZES = [(120, 40), (80, 24), (160, 50)]


@pytest.mark.parametrize("size", SIZES)
def test_the_overview_shows_interrupts_latency_and_stacks(size: tuple[int, int]) -> None:
    async def test(d: Driven) -> None:
        for text in ("IRQ top by process", "cruncher", "Disk latency", "Guest stacks"):
            await d.shows(text)
        assert all(len(line) <= size[0] for line in d.screen().splitlines())

    drive(test, size)


def places(d: Driven) -> dict[str, tuple[int, int, int, int]]:
    """Column, line, width and height of the panels on screen, from the corner of the view."""
    view = d.app.active_view
    x, y = view.region.offset
    return {
        (panel.id or "").removeprefix("over-"): (panel.region.x - x, panel.region.y - y, *panel.region.size)
        for panel in view.panels
    }


def send(d: Driven, second: int, scripts: int, *aggregates: str, console: str = "x", log: str = "") -> None:
    """The Frame of a second with the first so many scripts and these aggregates."""
    shown = frame(second, console=console, log=log)
    kept = {key: data for key, data in shown.aggregates.items() if key.name in aggregates}
    d.source.send(FrameMessage(replace(shown, scripts=shown.scripts[:scripts], aggregates=kept)))


def test_a_log_without_lines_gives_its_room_to_the_console() -> None:
    async def test(d: Driven) -> None:
        await d.until(lambda: places(d)["log"][2] < 120)
        send(d, 4, 2, "running", "latency_us")
        d.app.session.log = Transcript()
        send(d, 5, 2, "running", "latency_us")
        await d.until(lambda: "log" not in places(d) and places(d)["console"][::2] == (0, 120))

    drive(test)


def test_panels_without_content_give_their_room_to_those_beside_and_below() -> None:
    async def test(d: Driven) -> None:
        d.app.session.log = Transcript()
        for second in range(4, 40):  # until no second of the stacks' window has any
            send(d, second, 1, "running")
        await d.until(lambda: set(places(d)) == {"irq", "aggregates", "console"})
        assert {width for _, _, width, _ in places(d).values()} == {120}
        send(d, 40, 2, "running")
        await d.until(lambda: "latency" in places(d), "what may come soon has its place")
        send(d, 41, 2, "running", "latency_us")
        for second in range(42, 46):
            await d.pilot.pause()
            send(d, second, 2, "running")
        await d.until(lambda: "stacks" not in places(d))
        await d.pilot.pause()
        assert "latency" in places(d), "a second without news moves nothing"

    drive(test)


def test_a_console_alone_has_the_whole_view() -> None:
    async def test(d: Driven) -> None:
        d.app.session.log = Transcript()
        for second in range(4, 40):
            send(d, second, 0)
        await d.until(lambda: [*places(d)] == ["console"])
        _, y, width, height = places(d)["console"]
        assert (y, width, height) == (0, 120, d.app.active_view.size.height)

    drive(test)


def test_a_small_screen_shows_what_there_is() -> None:
    async def narrow(d: Driven) -> None:
        assert [*places(d)] == ["irq", "latency", "stacks"]
        for second in range(4, 8):
            send(d, second, 1, "running", "stacks")
        await d.until(lambda: [*places(d)] == ["irq", "stacks"])
        assert places(d)["stacks"][2] == 80

    async def little(d: Driven) -> None:
        assert [*places(d)] == ["irq"]
        for second in range(4, 8):
            send(d, second, 1, "stacks")
        await d.until(lambda: [*places(d)] == ["aggregates"])

    drive(narrow, (80, 24))
    drive(little, (50, 14))


def test_layouts_show_some_of_the_panels_and_the_others_take_their_room() -> None:
    async def test(d: Driven) -> None:
        await d.press("V")
        await d.shows("layout: interrupts")
        assert {name: at[::2] for name, at in places(d).items()} == {
            "irq": (0, 120),
            "aggregates": (0, 72),
            "stacks": (72, 48),
        }
        await d.press("V", "V")
        await d.until(lambda: set(places(d)) == {"irq", "log", "console"})
        await d.press("V")
        await d.until(lambda: len(places(d)) == 6)

    drive(test)


def test_a_panel_is_hidden_and_the_last_one_stays() -> None:
    async def test(d: Driven) -> None:
        await d.press("v")
        await d.shows("Panels")
        await d.press("space", "J", "enter")
        await d.until(lambda: set(places(d)) == {"latency", "aggregates", "stacks", "log", "console"})
        assert d.app.panel is not None
        assert d.app.panel.id != "over-irq"
        await d.press("v", *["space", "down"] * 6, "enter")
        assert len(places(d)) == 1

    drive(test)


def test_on_a_small_screen_the_panels_that_are_not_hidden_are_shown() -> None:
    async def test(d: Driven) -> None:
        await d.press("V", "V", "V")
        await d.until(lambda: set(places(d)) == {"irq", "log", "console"})
        await d.pilot.resize_terminal(40, 10)
        await d.until(lambda: len(places(d)) == 1)

    drive(test, (80, 24))
