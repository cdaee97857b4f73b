# SPDX-License-Identifier: GPL-2.0-or-later
"""The views: which panels stand together."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container

from vptop.model.kinds import Kind
from vptop.ui.views.aggregates import AggregatePanel
from vptop.ui.views.guest import ConsolePanel, DevicePanel, RegisterPanel, ScreenPanel
from vptop.ui.views.irq import IrqPanel
from vptop.ui.views.latency import BucketPanel, ChartPanel, PerKeyPanel
from vptop.ui.views.log import LogPanel
from vptop.ui.views.probes import FaultPanel, ProbePanel
from vptop.ui.views.stacks import StackPanel


class View(Container):
    """Some panels, laid out by the style sheet."""


class Overview(View):
    """Six panels; on small screens the three that say most."""

    def compose(self) -> ComposeResult:
        """Left to right, top to bottom."""
        yield IrqPanel(id="over-irq")
        yield ChartPanel(id="over-latency")
        yield AggregatePanel("Aggregates", digit=2, id="over-aggregates", prefer=Kind.TABLE)
        yield StackPanel(id="over-stacks")
        yield LogPanel(id="over-log")
        yield ConsolePanel(id="over-console")


class Aggregates(View):
    """One aggregate over the whole screen."""

    def compose(self) -> ComposeResult:
        """One panel."""
        yield AggregatePanel("Aggregates", digit=2, id="aggregate-table")


class Irq(View):
    """Interrupts per process over the whole screen."""

    def compose(self) -> ComposeResult:
        """One panel."""
        yield IrqPanel(id="irq-table")


class Latency(View):
    """A large chart, the buckets in numbers, one line for each key."""

    def compose(self) -> ComposeResult:
        """Chart above, tables below."""
        yield ChartPanel(id="latency-chart")
        yield BucketPanel()
        yield PerKeyPanel()


class StackView(View):
    """Stacks over the whole screen."""

    def compose(self) -> ComposeResult:
        """One panel."""
        yield StackPanel(id="stack-tree")


class Probes(View):
    """Probes above, what went wrong below."""

    def compose(self) -> ComposeResult:
        """Two panels."""
        yield ProbePanel()
        yield FaultPanel()


class Log(View):
    """The log over the whole screen."""

    def compose(self) -> ComposeResult:
        """One panel."""
        yield LogPanel(id="log-lines")


class Guest(View):
    """The machine."""

    def compose(self) -> ComposeResult:
        """Console and screen on the left, registers and devices on the right."""
        yield ConsolePanel(id="guest-console")
        yield RegisterPanel()
        yield ScreenPanel()
        yield DevicePanel()
