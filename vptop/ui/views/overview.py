# SPDX-License-Identifier: GPL-2.0-or-later
"""The most telling panels of the other views together."""

from __future__ import annotations

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


class Overview(View):
    """Six panels; on small screens the most important three, then one."""

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
        for panel in self.query(LinePanel):
            panel.summary = True

    def show(self, moment: Moment | None) -> None:
        """Scripts that print nothing need no log: the console gets its room."""
        super().show(moment)
        log = self.query_one(LogPanel)
        log.show(moment)
        self.set_class(not log.rows and not log.filter, "-quiet")


LAYOUT = """
Overview { layout: grid; grid-size: 2 3; grid-columns: 3fr 2fr; grid-rows: 11 1fr 9; }
Overview.-quiet #over-log { display: none; }
Overview.-quiet #over-console { column-span: 2; }
.-narrow Overview { grid-size: 2 2; grid-columns: 1fr 1fr; grid-rows: 1fr 1fr; }
.-narrow #over-irq { column-span: 2; }
.-narrow #over-aggregates, .-narrow #over-log, .-narrow #over-console { display: none; }
.-short Overview { grid-size: 2 2; grid-rows: 1fr 1fr; }
.-short #over-log, .-short #over-console { display: none; }
.-narrow.-short #over-aggregates { display: none; }
.-little Overview { grid-size: 1 1; grid-columns: 1fr; grid-rows: 1fr; }
.-little #over-irq { column-span: 1; }
.-little #over-latency, .-little #over-stacks, .-little #over-aggregates { display: none; }
"""
ROW = ViewRow("overview", "Overview", "Over", "the most important panels together", Overview, LAYOUT)
