# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of the screen: they are read at once or soon, and drawn as SVG later."""

from __future__ import annotations

import io
from functools import cached_property
from typing import Any

from rich.console import Console, RenderableType
from textual.app import App


class Picture:
    """The screen as an SVG, the same that `App.export_screenshot` returns.

    That one takes 15 to 100 ms, for which the screen would stand still.

    Args:
        app: whose topmost screen is drawn, also when another one is above it by then.
        title: in the frame.
    """

    def __init__(self, app: App[Any], title: str) -> None:
        # what App.export_screenshot reads; Textual has no public way to do only that
        self._screen, self._behind = app.screen, app._background_screens  # noqa: SLF001
        self._title = title

    @cached_property
    def _strips(self) -> RenderableType | None:
        compositor = self._screen._compositor  # noqa: SLF001
        return compositor.render_update(full=True, screen_stack=[*self._behind])

    def read(self) -> None:
        """Keep the screen as it is now, if `draw` has not done so."""
        _ = self._strips

    def draw(self) -> str:
        """Make the SVG, in any thread."""
        width, height = self._screen.size
        console = Console(
            width=width,
            height=height,
            file=io.StringIO(),
            force_terminal=True,
            color_system="truecolor",
            record=True,
            legacy_windows=False,
            safe_box=False,
        )
        if self._strips is not None:
            console.print(self._strips)
        return console.export_svg(title=self._title)
