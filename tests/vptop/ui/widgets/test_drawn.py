# SPDX-License-Identifier: GPL-2.0-or-later
"""Only lines that have changed are painted anew."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip

from vptop.ui.render.fit import strip
from vptop.ui.themes import THEMES
from vptop.ui.widgets.drawn import DrawnByLine


class Lines(DrawnByLine, can_focus=True):
    """Shows texts and remembers which lines Textual asked for."""

    DEFAULT_CSS = "Lines { height: 4; border: round white; border-title-color: white; }"

    def __init__(self) -> None:
        super().__init__()
        self.texts = ["one", "two"]
        self.painted: list[int] = []

    def draw_line(self, y: int) -> Strip:
        return strip([(self.texts[y], self.palette.text)], self.inner_width)

    def render_line(self, y: int) -> Strip:
        self.painted.append(y)
        return super().render_line(y)


class Shows(App[None]):
    def compose(self) -> ComposeResult:
        yield Lines()

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def screen_text(self) -> str:
        return "\n".join(line.text for line in self.screen._compositor.render_strips())


def shown(test: Callable[[Shows, Lines, Pilot[None]], Awaitable[None]]) -> None:
    async def run() -> None:
        app = Shows()
        async with app.run_test(size=(20, 6)) as pilot:
            await pilot.pause()
            lines = app.query_one(Lines)
            lines.painted.clear()
            await test(app, lines, pilot)

    asyncio.run(run())


def test_the_line_that_changed_is_painted_and_no_other() -> None:
    async def test(app: Shows, lines: Lines, pilot: Pilot[None]) -> None:
        lines.texts[1] = "2"
        lines.redraw()
        await pilot.pause()
        assert lines.painted == [1]
        assert "one" in app.screen_text()
        assert "two" not in app.screen_text()
        lines.redraw()
        await pilot.pause()
        assert lines.painted == [1]

    shown(test)


def test_titles_are_painted_without_the_lines() -> None:
    async def test(app: Shows, lines: Lines, pilot: Pilot[None]) -> None:
        lines.set_titles("above", "below")
        await pilot.pause()
        assert lines.painted == []
        assert "above" in app.screen_text()
        assert "below" in app.screen_text()
        lines.set_titles("above", "")
        await pilot.pause()
        assert "below" not in app.screen_text()

    shown(test)


def test_another_size_or_theme_paints_every_line() -> None:
    async def test(app: Shows, lines: Lines, pilot: Pilot[None]) -> None:
        await pilot.resize_terminal(30, 6)
        await pilot.pause()
        assert {*lines.painted} == {0, 1}
        lines.painted.clear()
        app.theme = THEMES[1].name
        await pilot.pause()
        assert {*lines.painted} == {0, 1}
        lines.painted.clear()
        lines.refresh()
        await pilot.pause()
        assert {*lines.painted} == {0, 1}

    shown(test)


def test_lines_are_painted_that_were_forgotten_but_not_painted() -> None:
    async def test(app: Shows, lines: Lines, pilot: Pilot[None]) -> None:
        lines.refresh(Region(0, 1, 5, 1))
        await pilot.pause()
        assert lines.painted == [1]
        lines.texts[0] = "1"
        lines.redraw()
        await pilot.pause()
        assert "one" not in app.screen_text()

    shown(test)
