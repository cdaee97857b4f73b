# SPDX-License-Identifier: GPL-2.0-or-later
"""What every view is: some panels that are laid out together, and a row in the table of views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import ClassVar

from textual import events
from textual.containers import Container
from textual.geometry import Size
from textual.widget import Widget

from vptop.model.filterexpr import Filter
from vptop.model.moment import Moment
from vptop.ui.actions import Scope
from vptop.ui.widgets.lines import LinePanel


class Zoom(IntEnum):
    """How much of a view one panel has to itself."""

    NONE = 0
    HALF = 1
    FULL = 2


LEAST = Size(36, 5)
"""Columns and lines that a panel needs beside one that has half of the view."""


class View(Container):
    """Some panels. `compose` yields them; the layout in the view's row arranges them."""

    SCOPES: ClassVar[tuple[Scope, ...]] = ()
    """scopes of keys that only this view has"""
    _peeks = False
    """one panel has all the room because the screen has no other place for it"""

    @property
    def panels(self) -> Sequence[LinePanel[object]]:
        """Panels on screen, in the order of focus."""
        return [panel for panel in self.query(LinePanel) if panel.display]

    def show(self, moment: Moment | None) -> None:
        """Draw this moment in every panel on screen."""
        self._count_panels()
        for panel in self.panels:
            panel.show(moment)

    @property
    def every(self) -> Sequence[LinePanel[object]]:
        """The panels that Tab goes through, also those that the screen has no place for."""
        return [panel for panel in self.query_children(LinePanel) if not panel.has_class("-empty")]

    def panel_after(self, panel: Widget | None, step: int) -> LinePanel[object] | None:
        """Focus the next panel. One that is not on screen, or any while one has all the room, is shown alone.

        Args:
            panel: the one with the focus.
            step: 1, or -1 for the one before it.

        Returns:
            The panel that has the focus now; None when this view does not decide about that.
        """
        every = self.every
        if panel not in every or len(every) < 2:
            return None
        found = every[(every.index(panel) + step) % len(every)]
        if self.zoomed is Zoom.HALF:
            self.zoom(found, Zoom.HALF)
            self.screen.set_focus(found)
            return found
        alone = self.zoomed is Zoom.FULL and not self._peeks
        if not alone:
            self.zoom(None)
            self.app.stylesheet.update(self)
            self._peeks = not found.display
        if alone or self._peeks:
            peeks = self._peeks
            self.zoom(found)
            self._peeks = peeks
            self.app.stylesheet.update(self)
        self.screen.set_focus(found)
        return found

    def _count_panels(self) -> None:
        """Where a panel is not on screen, let the others say so."""
        every = self.every
        hidden = any(not panel.display for panel in every)
        for at, panel in enumerate(every, start=1):
            panel.ordinal = f"{at}/{len(every)}" if hidden else ""

    @property
    def drilled(self) -> LinePanel[object] | None:
        """The panel that shows what another view's row is about."""
        return next(iter(self.panels), None)

    def take_focus(self, usual: LinePanel[object] | None) -> None:
        """Focus the panel last used here, or the first."""
        panels = self.panels
        panel = usual if usual in panels else next(iter(panels), None)
        if panel is not None:
            self.screen.set_focus(panel)  # at once: the next key is already for it

    @property
    def zoomed(self) -> Zoom:
        """How much of the view one panel has to itself."""
        return Zoom.FULL if self.has_class("-zoom") else Zoom.HALF if self.has_class("-half") else Zoom.NONE

    def zoom(self, panel: LinePanel[object] | None, size: Zoom = Zoom.FULL) -> None:
        """Give half or all of the view to one of its panels; None: every panel has its usual place."""
        panel = panel if panel is not None and panel.parent is self and size else None
        self._peeks = False
        self.set_class(panel is not None and size is Zoom.FULL, "-zoom")
        self.set_class(panel is not None and size is Zoom.HALF, "-half")
        for one in self.query(LinePanel):
            one.set_class(one is panel, "-zoomed")

    def next_size(self, step: int) -> Zoom:
        """The size after the present one, or before it; half only where the other panels fit into the other half."""
        sizes = [size for size in Zoom if size is not Zoom.HALF or self._has_halves()]
        now = self.zoomed if self.zoomed in sizes else Zoom.NONE
        return sizes[(sizes.index(now) + step) % len(sizes)]

    def _has_halves(self) -> bool:
        others = len(self.every) - 1
        if others < 1 or not isinstance(self.parent, Widget):
            return False
        width, height = self.parent.size  # a view that has just been opened has no size yet
        if self.screen.has_class("-narrow"):
            return width // others >= LEAST.width and height // 2 >= LEAST.height
        return width // 2 >= LEAST.width and height // others >= LEAST.height

    def on_resize(self, event: events.Resize) -> None:
        """A panel that has half of the view gets all of it when the others no longer fit into the rest."""
        if self.zoomed is Zoom.HALF and event.size and not self._has_halves():
            self.zoom(next((panel for panel in self.panels if panel.has_class("-zoomed")), None))

    def scopes(self, panel: LinePanel[object] | None) -> tuple[Scope, ...]:
        """Scopes valid while that panel is used, the most particular first."""
        return tuple(reversed(panel.scopes())) if panel else ()


@dataclass
class Step:
    """A step of a way from row to row: what was shown before it, and what it changed."""

    view: str
    panel: LinePanel[object] | None
    crumb: str
    target: LinePanel[object] | None = None
    filters: Mapping[Widget, Filter] = field(default_factory=dict)
    """that the panels of the view had before"""

    def undo(self) -> None:
        """Let the panel show what it usually does, with the filter that it had."""
        if self.target is not None:
            self.target.crumbs = ""
            self.target.about(None)
            self.target.set_filter(self.filters[self.target])


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A row of the table of views; its digit is its place in the table."""

    id: str
    title: str
    short: str
    """title on narrow screens"""
    help: str
    make: type[View]
    layout: str = ""
    """CSS rules that arrange the panels, also for screens of the classes -wide, -narrow, -short and -little"""
