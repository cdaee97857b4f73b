# SPDX-License-Identifier: GPL-2.0-or-later
"""The most telling panels of the other views together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from textual.app import ComposeResult

from vptop.model.kinds import Kind
from vptop.model.session import Moment
from vptop.ui.views.aggregates import AggregatePanel
from vptop.ui.views.console import ConsolePanel
from vptop.ui.views.irq import IrqPanel
from vptop.ui.views.latency import ChartPanel
from vptop.ui.views.log import LogPanel
from vptop.ui.views.stacks import StackPanel
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.lines import LinePanel

SETTLED = 2
"""Frames of the same scripts after which a panel without content gives its room away."""
HEIGHTS = {"top": "4fr", "middle": "5fr", "bottom": "3fr"}
"""Of the rows of panels."""


class Overview(View):
    """Six panels in three rows; on small screens the most important three, then one.

    A panel that has nothing to show gives its room to those beside and below it. One that had something keeps it, so
    that nothing moves when a second passes without news; other scripts begin anew.
    """

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
        """Those that have something to show."""
        return [panel for panel in super().every if panel.id in self._useful]

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
        self._arrange(self._useful | ({*every} - {"over-log"} if settling else set()))

    def _arrange(self, useful: set[str]) -> None:
        """Show these panels, as many as fit, in rows that are as few as they can be."""
        rows = {name: [panel for panel in panels if panel in useful] for name, panels in self._rows(useful).items()}
        rows = {name: panels for name, panels in rows.items() if panels} or {"top": ["over-irq"]}
        for panel in self.query(LinePanel):
            row = next((panels for panels in rows.values() if panel.id in panels), [])
            panel.set_class(not row, "-idle")
            panel.set_class(len(row) == 1, "-alone")
        for name in ROWS:
            self.set_class(name == "-".join(rows), f"-{name}")

    def _rows(self, useful: set[str]) -> dict[str, list[str]]:
        """What the size of the screen has room for."""
        main = "over-aggregates" if "over-irq" not in useful and "over-aggregates" in useful else "over-irq"
        if self.screen.has_class("-little"):
            wanted = (main, "over-latency", "over-stacks", "over-console")
            return {"top": [next((panel for panel in wanted if panel in useful), main)]}
        if self.screen.has_class("-narrow"):
            return {"top": [main], "middle": ["over-latency", "over-stacks"]}
        rows = {"top": ["over-irq", "over-latency"], "middle": ["over-aggregates", "over-stacks"]}
        return rows if self.screen.has_class("-short") else rows | {"bottom": ["over-log", "over-console"]}


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
