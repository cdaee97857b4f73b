# SPDX-License-Identifier: GPL-2.0-or-later
"""Widgets that are drawn line by line and repaint only the lines that have changed."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Self

from rich.style import Style
from textual.content import Content
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from vptop.ui.render.fit import whole_parts
from vptop.ui.render.palette import Palette, from_theme

BORDER_CELLS = 4
"""cells of a border on its inside that a title does not reach: a dash and a blank at each end"""


class DrawnByLine(Widget):
    """A widget whose subclasses draw one line at a time.

    `redraw` repaints the lines that differ from those on screen. Most lines of a dashboard stay as they are from one
    second to the next, and to compose a line costs Textual more than to draw it here.
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        self._drawn: dict[int, Strip] = {}
        """the lines as they were drawn, without ground"""
        self._drawn_for: Hashable = None
        """what the lines in `_drawn` depend on beside their contents"""
        self._ground = Style.null()
        self._space = Size()
        self._palette: Palette | None = None
        self._titling = False
        """a title changes: the border alone is to be painted"""
        super().__init__(id=id, classes=classes)

    def draw_line(self, y: int) -> Strip:
        """The line y of the content; its ground is added here."""
        return Strip.blank(self.space.width)

    @property
    def space(self) -> Size:
        """Cells across and lines of what is drawn now; to ask Textual for each line would take longer than the line."""
        return self._space

    @property
    def inner_width(self) -> int:
        """Cells across: what the border and a scroll bar leave."""
        return self.scrollable_content_region.width

    @property
    def palette(self) -> Palette:
        """Styles of the current theme."""
        if self._palette is None:
            self._palette = from_theme(self.app.theme_variables)
        return self._palette

    def notify_style_update(self) -> None:
        """The theme may have changed."""
        self._palette = None
        self._drawn = {}
        super().notify_style_update()

    def redraw(self) -> None:
        """Repaint the lines that are to be different now."""
        self._prepare()
        now = {y: self.draw_line(y) for y in range(self.space.height)}
        changed = [y for y, line in now.items() if line != self._drawn.get(y)]  # Textual may know lines that we forgot
        self._drawn = now
        if changed:
            super().refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Repaint all lines, or, while a title is set, the border."""
        if self._titling:
            width, height = self.size.width + 2, self.size.height
            regions = (Region(-1, -1, width, 1), Region(-1, height, width, 1))
        else:
            self._drawn = {}
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def set_titles(self, title: str, subtitle: str) -> None:
        """What the border says above and, where it is not empty, below: the parts of it that fit whole."""
        if self.size.width:
            subtitle = whole_parts(subtitle, self.size.width - BORDER_CELLS)
        wanted = Content(title), Content(subtitle) if subtitle else None
        self._titling = True
        for name, text in zip(("border_title", "border_subtitle"), wanted, strict=True):
            if getattr(self, name) != (text.markup if text else None):
                setattr(self, name, text)
        self._titling = False

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a part of the widget."""
        self._prepare()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line on the widget's ground, drawn when it is not known."""
        if (line := self._drawn.get(y)) is None:
            line = self._drawn[y] = self.draw_line(y)
        return line.adjust_cell_length(self.space.width, self._ground).apply_style(self._ground)

    def _prepare(self) -> None:
        """Forget lines that were drawn for another size, scroll position or ground."""
        size = self.size
        self._space = Size(max(0, size.width - self.scrollbar_size_vertical), size.height)
        self._ground = self.visual_style.rich_style
        drawn_for = self._space, self.scroll_offset, self.has_focus, self._ground
        if drawn_for != self._drawn_for:
            self._drawn, self._drawn_for = {}, drawn_for
