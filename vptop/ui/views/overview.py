# SPDX-License-Identifier: GPL-2.0-or-later
"""The most telling panels of the other views together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from vptop.model.kinds import Kind
from vptop.model.moment import Moment
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.dialogs.columns import ColumnsScreen
from vptop.ui.render.columns import Choice
from vptop.ui.views.aggregates import AggregatePanel
from vptop.ui.views.console import ConsolePanel
from vptop.ui.views.irq import IrqPanel
from vptop.ui.views.latency import ChartPanel
from vptop.ui.views.log import LogPanel
from vptop.ui.views.stacks import StackPanel
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.lines import LinePanel

PANELS: Mapping[str, Sequence[str]] = {
    "top": ("over-irq", "over-latency"),
    "middle": ("over-aggregates", "over-stacks"),
    "bottom": ("over-log", "over-console"),
}
"""Which panels are beside each other where there is room for all."""
SETTLED = 2
"""Frames of the same scripts after which a panel without content gives its room away."""
HEIGHTS = {"top": "4fr", "middle": "5fr", "bottom": "3fr"}
"""Of the rows of panels."""


LAYOUTS: Mapping[str, Sequence[str]] = {
    "all panels": (),
    "interrupts": ("over-latency", "over-log", "over-console"),
    "latencies": ("over-irq", "over-stacks", "over-console"),
    "guest": ("over-latency", "over-aggregates", "over-stacks"),
}
"""Panels that are hidden, by the name of the layout."""
OVERVIEW = Scope(
    "Overview",
    (
        Action("layout.panels", "v", "pick_panels", "panels: which are shown"),
        Action("layout.next", "V", "next_layout", "next layout: all, interrupts, latencies, guest"),
    ),
)


class Overview(View):
    """Six panels in three rows; on small screens the most important three, then one.

    A panel that has nothing to show gives its room to those beside and below it. One that had something keeps it, so
    that nothing moves when a second passes without news; other scripts begin anew. The person can hide panels.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(OVERVIEW)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (OVERVIEW,)
    hidden: frozenset[str] = frozenset()
    """ids of panels that the person does not want to see"""

    def compose(self) -> ComposeResult:
        """Left to right, top to bottom."""
        yield IrqPanel(id="over-irq")
        yield ChartPanel(id="over-latency")
        yield AggregatePanel(id="over-aggregates", prefer=Kind.TABLE)
        yield StackPanel(id="over-stacks")
        yield LogPanel(id="over-log")
        yield ConsolePanel(id="over-console")

    def on_mount(self) -> None:
        """Enter opens the views of these panels."""
        self._scripts: tuple[str, ...] = ()
        self._useful: set[str] = set()
        for panel in self.query(LinePanel):
            panel.summary = True

    @property
    def every(self) -> Sequence[LinePanel[object]]:
        """Those that have something to show, and are not hidden."""
        return [panel for panel in super().every if panel.id in self._useful - self.hidden]

    def scopes(self, panel: LinePanel[object] | None) -> tuple[Scope, ...]:
        """With the keys of the layout."""
        return (*super().scopes(panel), OVERVIEW)

    # --- which panels ---

    def action_pick_panels(self) -> None:
        """Let the person choose the panels."""
        panels = [(panel.id or "", panel.heading) for panel in self.query(LinePanel)]

        def chosen(choice: Choice | None) -> None:
            if choice is not None:
                self.hide(choice.hidden)

        self.app.push_screen(ColumnsScreen(panels, self.hidden, what="Panels"), chosen)

    def action_next_layout(self) -> None:
        """The layout after this one; after one of the person's own, all panels."""
        names = [*LAYOUTS]
        now = next((at for at, name in enumerate(names) if frozenset(LAYOUTS[name]) == self.hidden), -1)
        name = names[(now + 1) % len(names)]
        self.hide(frozenset(LAYOUTS[name]))
        if self.panels:
            self.panels[0].post_message(LinePanel.Said(f"layout: {name}"))

    def hide(self, panels: Collection[str]) -> None:
        """Show all panels but these."""
        known = {panel.id for panel in self.query(LinePanel)}
        self.hidden = frozenset(panels) & known if not known <= {*panels} else frozenset()
        moment = next((panel.moment for panel in self.query(LinePanel)), None)
        self.show(moment)
        self.app.stylesheet.update(self)
        self.take_focus(self.screen.focused if isinstance(self.screen.focused, LinePanel) else None)

    # --- drawing ---

    def show(self, moment: Moment | None) -> None:
        """Draw every panel, and arrange those that have something to show."""
        every = {panel.id or "": panel for panel in self.query(LinePanel)}
        self._count_panels()
        for panel in every.values():
            panel.show(moment)
        if moment is None:
            return
        scripts = _scripts(moment)
        if scripts != self._scripts:
            self._scripts = scripts
            self._useful.clear()
        self._useful |= {name for name, panel in every.items() if panel.rows or panel.filter}
        before = [moment.session.at(moment.sequence - back) for back in range(1, SETTLED + 1)]
        settling = any(then is None or _scripts(then) != scripts for then in before)
        self._arrange((self._useful | ({*every} - {"over-log"} if settling else set())) - self.hidden)

    def _arrange(self, useful: set[str]) -> None:
        """Show these panels, as many as fit, in rows that are as few as they can be."""
        rows = {name: [panel for panel in panels if panel in useful] for name, panels in self._rows(useful).items()}
        rows = {name: panels for name, panels in rows.items() if panels} or {"top": [self._first]}
        for panel in self.query(LinePanel):
            row = next((panels for panels in rows.values() if panel.id in panels), [])
            panel.set_class(not row, "-idle")
            panel.set_class(len(row) == 1, "-alone")
        for name in ROWS:
            self.set_class(name == "-".join(rows), f"-{name}")

    @property
    def _first(self) -> str:
        """The panel that is shown when none has anything to show."""
        return next(panel for row in PANELS.values() for panel in row if panel not in self.hidden)

    def _rows(self, useful: set[str]) -> Mapping[str, Sequence[str]]:
        """What the size of the screen has room for."""
        main = "over-aggregates" if "over-irq" not in useful and "over-aggregates" in useful else "over-irq"
        if self.screen.has_class("-little"):
            wanted = (main, "over-latency", "over-stacks", "over-console", "over-log")
            return {"top": [next((panel for panel in wanted if panel in useful), main)]}
        if self.screen.has_class("-narrow"):
            few = [panel for row in PANELS.values() for panel in row if panel in useful]
            below = few[1:3] if self.hidden else ["over-latency", "over-stacks"]
            return {"top": few[:1] if self.hidden else [main], "middle": below}
        if self.screen.has_class("-short"):
            return {name: PANELS[name] for name in [name for name in PANELS if {*PANELS[name]} & useful][:2]}
        return PANELS


def _scripts(moment: Moment) -> tuple[str, ...]:
    return tuple(script.name for script in moment.frame.scripts)


ROWS = {"-".join(rows): [HEIGHTS[row] for row in rows] for size in (1, 2, 3) for rows in combinations(HEIGHTS, size)}
"""Heights of the rows there may be, by their names."""


LAYOUT = "".join(
    [
        "Overview { layout: grid; grid-size: 2; grid-columns: 3fr 2fr; grid-rows: 4fr 5fr 3fr; }",
        *(f"Overview.-{name} {{ grid-rows: {' '.join(rows)}; }}" for name, rows in ROWS.items()),
        ".-short Overview, .-narrow Overview { grid-rows: 1fr; }",
        ".-narrow Overview { grid-columns: 1fr 1fr; }",
        "Overview .panel.-idle { display: none; }",
        "Overview .panel.-alone { column-span: 2; }",
    ]
)
ROW = ViewRow("overview", "Overview", "Over", "the most important panels together", Overview, LAYOUT)
