# SPDX-License-Identifier: GPL-2.0-or-later
"""Drives the dashboard without a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from textual.pilot import Pilot

from tests.vptop.ui.fakes import FakeSource
from vptop.model.settings import Settings
from vptop.ui.app import VptopApp

PATIENCE = 20
"""Seconds after which something that has not happened will not."""


class Driven:
    """A running dashboard over a source that tells what the test wants."""

    def __init__(self, app: VptopApp, source: FakeSource, pilot: Pilot[None]) -> None:
        self.app = app
        self.source = source
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys and let the program work."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type a text, letter by letter."""
        names = {" ": "space", "(": "left_parenthesis", ")": "right_parenthesis", "\n": "enter"}
        await self.press(*(names.get(char, char) for char in text))

    async def frames(self, *seconds: int) -> None:
        """The machine sends the Frames of these seconds."""
        self.source.frames(*seconds)
        await self.pilot.pause()

    async def until(self, done: Callable[[], object], what: str = "") -> None:
        """Let the program work until something is so."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not done():
                    await self.pilot.pause(0.02)
        except TimeoutError:
            raise AssertionError(f"{what or 'it'} did not happen; on screen:\n{self.screen()}") from None

    async def shows(self, text: str) -> None:
        """Wait until a text is on screen."""
        await self.until(lambda: text in self.screen(), repr(text))

    def screen(self) -> str:
        """What is on screen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def drive(
    test: Callable[[Driven], Awaitable[None]],
    size: tuple[int, int] = (120, 40),
    *,
    settings: Settings = Settings(),
    keys: Mapping[str, str] = MappingProxyType({}),
    state: Path | None = None,
    problems: Sequence[str] = (),
) -> None:
    """Run a dashboard over a fake source, with three Frames there, and a test against it."""

    async def run() -> None:
        source = FakeSource()
        app = VptopApp(source, settings=settings, keys=keys)
        if state is not None:
            app.remember(state, problems)
        async with app.run_test(size=size) as pilot:
            driven = Driven(app, source, pilot)
            await driven.until(lambda: bool(app.session.sources), "hello")
            await driven.frames(1, 2, 3)
            await test(driven)
        assert source.closed

    asyncio.run(run())
