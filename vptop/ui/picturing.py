# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of the screen: it is read at once, and drawn as SVG later, in any thread."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from rich.console import Console
from textual.app import App


def picture_of(app: App[Any], title: str) -> Callable[[], str]:
    """What makes an SVG of the screen as it is now, the same that `App.export_screenshot` returns.

    That one takes 15 to 100 ms, for which the screen would stand still.
    """
    width, height = app.size
    # what App.export_screenshot reads; Textual has no public way to do only that
    behind = app._background_screens  # noqa: SLF001
    screen = app.screen._compositor.render_update(full=True, screen_stack=behind)  # noqa: SLF001

    def draw() -> str:
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
        console.print(screen)
        return console.export_svg(title=title)

    return draw
