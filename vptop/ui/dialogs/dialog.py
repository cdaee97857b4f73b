# SPDX-License-Identifier: GPL-2.0-or-later
"""What is opened above the dashboard, which shines through it."""

from __future__ import annotations

from contextlib import suppress
from typing import ClassVar, Self, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.command import CommandInput, CommandPalette
from textual.geometry import Region
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widgets import Input
from textual.worker import WorkerError

from vptop.ui.actions import GENERAL
from vptop.ui.line_input import LineInput

R = TypeVar("R")
SUSPEND = next(action for action in GENERAL if action.id == "suspend")


class SeenThrough(Screen[R]):
    """A screen through which the one below is seen.

    Textual works the colours of each segment below out anew at each paint, which takes longer than all else that opens
    a dialog. Here it is done once for each style.
    """

    _below: list[Strip] | None = None
    """the lines of the screen below, tinted; None: they have changed"""

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Draw it anew. With regions, the screen below has changed there."""
        if regions:
            self._below = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_line(self, y: int) -> Strip:
        """A line of the screen below."""
        if self._below is None or len(self._below) != self.size.height:
            self._below = self._tinted()
        self._dirty_regions.clear()
        return self._below[y] if y < len(self._below) else Strip.blank(self.size.width, self.rich_style)

    def _tinted(self) -> list[Strip]:
        ground = self.render()
        if not isinstance(ground, BackgroundScreen):
            return []
        lines = ground.screen._compositor.render_strips(self.size)  # noqa: SLF001 - what BackgroundScreen draws
        tint = _Tint(ground.color)
        return [Strip([Segment(segment.text, tint[segment.style]) for segment in line]) for line in lines]


class Dialog(ModalScreen[R], SeenThrough[R]):
    """A question to the person, or a view of something, above the dashboard.

    Of the keys that work everywhere it takes the one that gives the shell back.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(SUSPEND.keys, f"app.{SUSPEND.name}", SUSPEND.text, show=False, id=SUSPEND.id)
    ]


class PaletteInput(CommandInput, LineInput):
    """Where the command palette is typed into."""


class Palette(CommandPalette, SeenThrough[None]):
    """The command palette."""

    def compose(self) -> ComposeResult:
        """As Textual has it, but with keys that take effect in their order."""
        for widget in super().compose():
            if isinstance(widget, CommandInput):
                yield PaletteInput(placeholder=widget.placeholder, select_on_focus=False)
            else:
                yield widget

    @on(Input.Submitted)
    async def _wait_for_search(self) -> None:
        """Textual takes the command that is first now: let it look for all that was typed before."""
        group = [one for one in self.workers if one.group == self._GATHER_COMMANDS_GROUP]
        searches = [one for one in group if not one.is_finished and not one.is_cancelled]
        with suppress(WorkerError):
            await self.workers.wait_for_complete(searches)


class _Tint(dict[Style | None, Style]):
    """Styles below a colour that is translucent, or wholly transparent."""

    def __init__(self, color: Color) -> None:
        super().__init__()
        self._color = color

    def __missing__(self, style: Style | None) -> Style:
        (tinted,) = BackgroundScreen.process_segments([Segment(" ", style)], self._color)
        self[style] = made = tinted.style or Style()
        return made
