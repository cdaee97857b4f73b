# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine itself: its serial console, its screen, its registers, its devices."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.strip import Strip

from engine.probes.frame import VcpuState
from vptop.export.shown import Cell, Table
from vptop.model.code import executing
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.ui.actions import Scope
from vptop.ui.render import numbers
from vptop.ui.render.columns import highlighted
from vptop.ui.render.fit import Piece, fit, strip
from vptop.ui.views.console import CONSOLE, TYPING, ConsolePanel
from vptop.ui.views.health import HealthPanel
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.lines import LinePanel


class ScreenPanel(LinePanel[str]):
    """The guest's VGA text screen."""

    empty = "the guest shows nothing in VGA text mode"

    def __init__(self) -> None:
        super().__init__("VGA screen", id="guest-screen")

    def collect(self, moment: Moment) -> Sequence[str]:
        """The 25 lines, without the empty ones at the end."""
        lines = [clean(line).rstrip() for line in moment.frame.screen]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def draw(self, row: str, index: int, width: int, *, cursor: bool) -> Strip:
        """One line."""
        return strip([(row, self.palette.text)], width)

    def key(self, row: str) -> Hashable:
        """Lines are not followed."""
        return None


Cells = list[tuple[str, str]]


class RegisterPanel(LinePanel[Cells]):
    """Where each virtual CPU stands, and what its registers hold."""

    empty = "no registers in this Frame"

    def __init__(self) -> None:
        super().__init__("Virtual CPUs", id="guest-vcpus")

    def collect(self, moment: Moment) -> Sequence[Cells]:
        """For each virtual CPU: its state, then registers in pairs."""
        found: list[Cells] = []
        for vcpu in moment.frame.vcpus:
            found += self._lines(moment, vcpu)
        return found

    def _lines(self, moment: Moment, vcpu: VcpuState) -> list[Cells]:
        state = "◌ halted" if vcpu.halted else "● running"
        place = clean(executing(vcpu, moment.session.symbols))
        first: Cells = [(f"VCPU{vcpu.vcpu}", f"{state}  CPL {vcpu.cpl}  {place}")]
        registers = {"RIP": vcpu.rip, "RSP": vcpu.rsp, "RFLAGS": vcpu.rflags, "CR3": vcpu.cr3, **vcpu.registers}
        cells = [(clean(name), f"{value:016x}") for name, value in registers.items()]
        columns = 2 if self.inner_width >= 52 else 1
        return [first, *(cells[at : at + columns] for at in range(0, len(cells), columns))]

    def on_resize(self) -> None:
        """One or two columns."""
        self.update_rows()

    def draw(self, row: Cells, index: int, width: int, *, cursor: bool) -> Strip:
        """Names and values."""
        pieces: list[Piece] = []
        for name, value in row:
            pieces += [(fit(name, 8, ">") + " ", self.palette.dim), (value + "  ", self.palette.text)]
        return strip(pieces, width)

    def key(self, row: Cells) -> Hashable:
        """Its first name."""
        return row[0][0]

    def text_of(self, row: Cells, width: int) -> str:
        """Names and values, separated by tabs."""
        return "\t".join(text for cell in row for text in cell)

    def status(self) -> str:
        """How busy."""
        return f"busy {self.moment.frame.busy * 100:.0f} %" if self.moment else ""


Count = tuple[str, str, int, float]
"""Device, what it counts (nothing: the heading of the device), total, per second."""


NARROW = 34
"""Cells across below which devices have no rates."""


class DevicePanel(LinePanel[Count]):
    """What each device has done, in all and per second."""

    empty = "no device has reported yet"

    def __init__(self) -> None:
        super().__init__("Devices", id="guest-devices")

    def collect(self, moment: Moment) -> Sequence[Count]:
        """For each device a heading and its counts."""
        before = {
            (device.device, what): count
            for device in (moment.previous.devices if moment.previous else ())
            for what, count in device.counts.items()
        }
        found: list[Count] = []
        for device in moment.frame.devices:
            name, counts = clean(device.device), []
            for what, count in device.counts.items():
                known = before.get((device.device, what))
                rate = max(0, count - known) / moment.seconds if known is not None and moment.seconds > 0 else 0.0
                if self.filter(f"{name} {clean(what)}", {"count": count, "rate": rate}):
                    counts.append((name, clean(what), count, rate))
            if counts:
                found += [(name, "", 0, 0.0), *counts]
        return found

    def draw(self, row: Count, index: int, width: int, *, cursor: bool) -> Strip:
        """A device, or one of its counts."""
        device, what, count, rate = row
        pieces: list[Piece] = [(device, self.palette.strong)]
        if what:
            last = 11 if width >= NARROW else 0
            pieces = [
                (" " + fit(what, max(8, width - 10 - last)), self.palette.text),
                (fit(numbers.count(count), 8, ">"), self.palette.text),
                (fit(f"{numbers.rate(rate)}/s" if rate else "·", last, ">") + " ", self.palette.dim),
            ]
        made = strip(pieces, width)
        return highlighted(made, self.palette) if cursor else made

    def table(self) -> Table:
        """The counts, a line each."""
        rows = (
            (device, what, Cell(str(count), count), Cell(f"{rate:.1f}", rate))
            for device, what, count, rate in self.rows
            if what
        )
        return Table(self.title_text(), ("DEVICE", "COUNTER", "COUNT", "COUNT/S"), tuple(rows))

    def copies(self) -> Sequence[tuple[str, str]]:
        """The count under the cursor."""
        row = self.current
        return (
            [] if row is None or not row[1] else [("row", "\t".join((*row[:2], str(row[2])))), ("count", str(row[2]))]
        )

    def key(self, row: Count) -> Hashable:
        """Device and what."""
        return row[:2]


class GuestView(View):
    """The machine itself."""

    SCOPES: ClassVar[tuple[Scope, ...]] = (CONSOLE, TYPING)

    def compose(self) -> ComposeResult:
        """Console and screen on the left, registers and devices on the right, health below."""
        yield ConsolePanel(id="guest-console")
        yield RegisterPanel()
        yield ScreenPanel()
        yield DevicePanel()
        yield HealthPanel()


LAYOUT = """
GuestView { layout: grid; grid-size: 2; grid-columns: 3fr 2fr; grid-rows: 1fr 1fr 8; }
#guest-health { column-span: 2; }
.-narrow GuestView { grid-columns: 1fr 1fr; }
.-narrow #guest-console { column-span: 2; }
.-narrow #guest-screen { display: none; }
.-narrow.-short GuestView { grid-rows: 5 1fr 5; }
.-little GuestView, .-little.-narrow.-short GuestView { grid-size: 1; grid-columns: 1fr; grid-rows: 1fr; }
.-little #guest-console { column-span: 1; }
.-little #guest-vcpus, .-little #guest-devices, .-little #guest-health { display: none; }
"""
ROW = ViewRow("guest", "Guest", "Gst", "console, screen, registers, devices and health", GuestView, LAYOUT)
