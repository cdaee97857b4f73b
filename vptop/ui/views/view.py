# SPDX-License-Identifier: GPL-2.0-or-later
"""What every view is: some panels that are laid out together, and a row in the table of views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.containers import Container

from vptop.model.session import Moment
from vptop.ui.actions import Scope
from vptop.ui.widgets.lines import LinePanel


class View(Container):
    """Some panels. `compose` yields them; the layout in the view's row arranges them."""

    SCOPES: ClassVar[tuple[Scope, ...]] = ()
    """scopes of keys that only this view has"""

    @property
    def panels(self) -> Sequence[LinePanel[object]]:
        """Panels on screen, in the order of focus."""
        return [panel for panel in self.query(LinePanel) if panel.display]

    def show(self, moment: Moment | None) -> None:
        """Draw this moment in every panel on screen."""
        for panel in self.panels:
            panel.show(moment)

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
    def zoomed(self) -> bool:
        """One panel has all the room."""
        return self.has_class("-zoom")

    def zoom(self, panel: LinePanel[object] | None) -> None:
        """Give all the room to one panel of this view; None: to all again."""
        panel = panel if panel is not None and panel.parent is self else None
        self.set_class(panel is not None, "-zoom")
        for one in self.query(LinePanel):
            one.set_class(one is panel, "-zoomed")

    def scopes(self, panel: LinePanel[object] | None) -> tuple[Scope, ...]:
        """Scopes valid while that panel is used, the most particular first."""
        return tuple(reversed(panel.scopes())) if panel else ()


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
