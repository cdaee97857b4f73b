# SPDX-License-Identifier: GPL-2.0-or-later
"""Every probe of every script: how often it fires, what it costs, what went wrong in it and where."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from engine.probes.frame import ProbeState, RuntimeFault
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.render import numbers
from vptop.ui.render.columns import Column, highlighted, number_column
from vptop.ui.render.fit import Piece, fit, strip, width_of
from vptop.ui.render.palette import Palette
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.leads import Jump
from vptop.ui.widgets.lines import LIST, LinePanel
from vptop.ui.widgets.table import TABLE, TablePanel

LONGEST_PLACE = 40
LATEST = 64
"""Measured firings that the cost of one is the mean of."""


@dataclass(frozen=True)
class ProbeRow:
    """A probe at one moment."""

    script: str
    index: int
    probe: ProbeState
    rate: float
    share: float
    """of real time, by sampled cost"""
    refused: str = ""
    """why it could not be switched as the person wanted"""

    @property
    def state(self) -> tuple[str, str]:
        """Glyph and word."""
        if self.refused:
            return "✗", "refused"
        if self.probe.off:
            return "○", "off"
        if self.probe.errors:
            return "▲", "errors"
        if not self.probe.hits:
            return "◌", "silent"
        return "●", "ok" if self.rate else "quiet"


def _state_style(row: ProbeRow, palette: Palette) -> Style:
    return {"●": palette.good, "◌": palette.dim, "○": palette.dim, "▲": palette.warn, "✗": palette.bad}[row.state[0]]


PROBES = Scope(
    "Probes",
    (Action("probe.switch", "D", "switch", "switch the probe off, or on again", "Off/on"),),
)


class SwitchProbe(Message):
    """The person wants a probe of a script, by its number there, off or on."""

    def __init__(self, script: str, number: int, *, on: bool) -> None:
        super().__init__()
        self.script, self.number, self.on = script, number, on


class ProbePanel(TablePanel[ProbeRow]):
    """The table of probes. Silent ones are a finding, so they are shown."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(PROBES)]
    SCOPES = (LIST, TABLE, PROBES)
    footer_height = 1
    empty = "no script is loaded"

    def __init__(self) -> None:
        super().__init__("Probes", digit=6, id="probe-table")

    def items(self, moment: Moment) -> Iterable[ProbeRow]:
        """All probes."""
        return [
            ProbeRow(
                script.name,
                index,
                probe,
                moment.probe_rate(script.name, index),
                moment.probe_share(script.name, index),
                moment.session.refused.get((script.name, index), ""),
            )
            for script in moment.frame.scripts
            for index, probe in enumerate(script.probes)
        ]

    def columns(self, moment: Moment) -> Sequence[Column[ProbeRow]]:
        """State, name, numbers, place."""
        return [
            Column("state", "STATE", 9, lambda r: " ".join(r.state), lambda r: r.state, align="<", style=_state_style),
            Column(
                "name",
                "PROBE",
                14,
                lambda r: clean(r.probe.name),
                lambda r: r.probe.name,
                align="<",
                stretch=True,
                sized=_name,
                ascending=True,
                style=lambda _, palette: palette.strong,
            ),
            number_column("rate", "HITS/S", 9, numbers.rate, lambda r: r.rate),
            number_column("hits", "HITS", 7, numbers.count, lambda r: r.probe.hits, keep=5),
            number_column("errors", "ERRORS", 7, _errors, lambda r: r.probe.errors, style=_error_style, keep=2),
            number_column("cost", "NS/HIT", 7, _cost, lambda r: r.probe.ns_per_hit, keep=4),
            number_column("share", "%TIME", 6, "{:.2f}".format, lambda r: r.share * 100, keep=3),
            Column(
                "place",
                "PLACE",
                16,
                lambda r: f"{clean(r.probe.file or r.script)}:{r.probe.line}",
                lambda r: (r.script, r.probe.line),
                align="<",
                keep=6,
                stretch=True,
                most=LONGEST_PLACE,
                sized=_place,
                ascending=True,
                style=lambda _, palette: palette.dim,
            ),
        ]

    def key(self, row: ProbeRow) -> Hashable:
        """Its place in its script."""
        return row.script, row.index

    def searchable(self, row: ProbeRow) -> str:
        """Name, script, state."""
        return f"{clean(row.probe.name)} {clean(row.script)} {row.state[1]}"

    def numbers(self, row: ProbeRow) -> Mapping[str, float]:
        """What a filter may compare."""
        probe = row.probe
        return {"rate": row.rate, "count": probe.hits, "errors": probe.errors, "cost": probe.ns_per_hit}

    def draw_footer(self, line: int, width: int) -> Strip:
        """All together."""
        states = [row.state[1] for row in self.rows]
        pieces: list[Piece] = [
            (f"  {numbers.rate(sum(row.rate for row in self.rows))} hits/s", self.palette.strong),
            (
                f"   {sum(row.share for row in self.rows) * 100:.2f} % of {'time' if width < 50 else 'real time'}",
                self.palette.text,
            ),
            (f"   {states.count('silent')} silent", self.palette.dim),
        ]
        if off := states.count("off"):
            pieces.append((f"   {off} off", self.palette.dim))
        if failing := states.count("errors"):
            pieces.append((f"   ▲ {failing} with errors", self.palette.warn))
        return strip(pieces if self.rows else [], width)

    def status(self) -> str:
        """What the cost is."""
        row = self.current
        if row and row.refused:
            return row.refused
        if row is None or self.inner_width < 100:
            return super().status()
        firings = numbers.counted(min(LATEST, row.probe.timed), "measured firing")
        cost = f"NS/HIT: mean of the last {firings}, host caches as they are, the clock's cost taken off"
        return f"{super().status()} · {cost}" if row.probe.timed else super().status()

    def action_switch(self) -> None:
        """Switch the probe off, or on again."""
        if row := self.current:
            self._held = self.key(row)  # it goes to another place in the order, and the cursor with it
            self.post_message(SwitchProbe(row.script, row.index, on=row.probe.off))

    def action_open(self) -> None:
        """Show the probe in the editor."""
        if row := self.current:
            self.post_message(Jump(row.script, row.probe.line, file=row.probe.file))


def _name(row: ProbeRow, cells: int) -> str:
    """The probe; where there is no room, a function of the guest without the word that all of them begin with."""
    name = clean(row.probe.name)
    return name if width_of(name) <= cells else fit(name.removeprefix("GUEST:"), cells).rstrip()


def _place(row: ProbeRow, cells: int) -> str:
    """File and line; of a name that is too long, the beginning."""
    line = f":{row.probe.line}"
    return fit(clean(row.probe.file or row.script), cells - len(line)).rstrip() + line


def _errors(errors: int) -> str:
    return str(errors) if errors else "·"


def _error_style(row: ProbeRow, palette: Palette) -> Style:
    return palette.warn if row.probe.errors else palette.dim


def _cost(nanoseconds: float) -> str:
    return numbers.short(nanoseconds) if nanoseconds else "–"


class FaultPanel(LinePanel[RuntimeFault]):
    """Run-time errors with their place and how often."""

    empty = "no run-time errors"

    def __init__(self) -> None:
        super().__init__("Run-time errors", id="fault-list")

    def collect(self, moment: Moment) -> Sequence[RuntimeFault]:
        """Most frequent first."""
        faults = sorted(moment.frame.errors, key=lambda fault: -fault.count)
        return [fault for fault in faults if self.filter(f"{fault.message} {fault.probe} {fault.file}", {})]

    def key(self, row: RuntimeFault) -> Hashable:
        """Its place."""
        return row.script, row.line, row.column, row.message

    def draw(self, row: RuntimeFault, index: int, width: int, *, cursor: bool) -> Strip:
        """Place, message, probe, count."""
        pieces: list[Piece] = [
            ("▶ " if cursor else "✗ ", self.palette.bad),
            (f"{clean(row.file)}:{row.line}:{row.column}  ", self.palette.strong),
            (clean(row.message), self.palette.text),
            (f"  in {clean(row.probe)}  × {row.count}", self.palette.dim),
        ]
        made = strip(pieces, width)
        return highlighted(made, self.palette) if cursor else made

    def action_open(self) -> None:
        """Show the place in the editor."""
        if row := self.current:
            self.post_message(Jump(row.script, row.line, row.column, row.file))


class ProbesView(View):
    """Probes above, run-time errors below."""

    SCOPES: ClassVar[tuple[Scope, ...]] = (PROBES,)

    def compose(self) -> ComposeResult:
        """Top to bottom."""
        yield ProbePanel()
        yield FaultPanel()

    def show(self, moment: Moment | None) -> None:
        """The list of run-time errors appears with the first."""
        self.query_one(FaultPanel).set_class(not (moment and moment.frame.errors), "-empty")
        super().show(moment)


LAYOUT = """
ProbesView { layout: vertical; }
#probe-table { height: 2fr; }
#fault-list { height: 1fr; }
.-little #fault-list { display: none; }
"""
ROW = ViewRow("probes", "Probes", "Prb", "hits, cost and errors of every probe", ProbesView, LAYOUT)
