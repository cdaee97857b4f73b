# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine itself: its serial console, its screen, its registers, its devices."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from engine.probes.frame import VcpuState
from vptop.model.plain import clean
from vptop.model.session import Moment
from vptop.ui.actions import Where, bindings
from vptop.ui.render import numbers
from vptop.ui.render.columns import highlighted
from vptop.ui.render.fit import Piece, fit, strip
from vptop.ui.widgets.lines import LinePanel

_KEYS = {
    "enter": "\r",
    "backspace": "\x7f",
    "tab": "\t",
    "escape": "\x1b",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "delete": "\x1b[3~",
}
"""What a terminal of the VT100 family sends for keys that are no characters (ECMA-48, xterm control sequences)."""


class ConsolePanel(LinePanel[str]):
    """The guest's serial console: the end of what it wrote; `i` types to it, Ctrl+] ends that."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Where.CONSOLE)]
    SCOPES = (Where.LIST, Where.CONSOLE)
    empty = "the guest has written nothing yet"

    class Typed(Message):
        """Characters for the guest."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__("Guest console", digit=9, id=id)
        self.typing = False

    def scopes(self) -> tuple[Where, ...]:
        """While typing, nothing else is valid."""
        return (Where.TYPING,) if self.typing else self.SCOPES

    def collect(self, moment: Moment) -> Sequence[str]:
        """All lines."""
        lines = moment.session.console.lines
        return lines if any(lines) else ()

    def update_rows(self) -> None:
        """A console shows its end, unless the person looks further up."""
        at_end = self.cursor >= len(self.rows) - 1
        super().update_rows()
        if at_end or self.typing:
            self.cursor = max(0, len(self.rows) - 1)
            self._held = None
            self._reveal()

    def on_resize(self) -> None:
        """Keep the end in sight."""
        self.update_rows()

    def draw(self, row: str, index: int, width: int, *, cursor: bool) -> Strip:
        """The line; while typing, a block stands at its end."""
        if self.typing and index == len(self.rows) - 1:
            return strip([(row, self.palette.text), (" ", self.palette.chip)], width)
        made = strip([(row, self.palette.text)], width)
        return highlighted(made, self.palette) if cursor and not self.typing else made

    def key(self, row: str) -> Hashable:
        """Lines are not followed."""
        return None

    def title_text(self) -> str:
        """Whether keys go to the guest."""
        return f"{self.heading} ‹typing›" if self.typing else self.heading

    def status(self) -> str:
        """How to begin or end typing."""
        return "keys go to the guest · Ctrl+] ends" if self.typing else "i types to the guest"

    # --- typing ---

    def action_type(self) -> None:
        """From now on, keys go to the guest."""
        self.typing = True
        self.update_rows()

    def action_leave(self) -> None:
        """Keys are ours again."""
        self.typing = False
        self.update_rows()

    def on_blur(self) -> None:
        """Whoever leaves the panel has stopped typing."""
        self.action_leave()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While typing, characters are the guest's, whatever they are bound to."""
        return self.typing and (character is not None or key in _KEYS)

    async def on_key(self, event: events.Key) -> None:
        """Send it."""
        if not self.typing:
            return
        event.stop()
        event.prevent_default()
        if event.key == "ctrl+right_square_bracket":
            self.action_leave()
        elif text := _KEYS.get(event.key) or event.character:
            self.post_message(self.Typed(text))

    def on_paste(self, event: events.Paste) -> None:
        """Send what is pasted."""
        if self.typing:
            event.stop()
            self.post_message(self.Typed(event.text.replace("\n", "\r")))


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
        place = moment.session.symbols.describe(vcpu.rip)
        first: Cells = [(f"VCPU{vcpu.vcpu}", f"{state}  CPL {vcpu.cpl}  {clean(place)}")]
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

    def status(self) -> str:
        """How busy."""
        return f"busy {self.moment.frame.busy * 100:.0f} %" if self.moment else ""


Count = tuple[str, str, int, float]
"""Device, what it counts (nothing: the heading of the device), total, per second."""


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
            pieces = [
                (" " + fit(what, max(8, width - 19)), self.palette.text),
                (fit(numbers.count(count), 8, ">"), self.palette.text),
                (fit(f"{numbers.rate(rate)}/s" if rate else "·", 9, ">") + " ", self.palette.dim),
            ]
        made = strip(pieces, width)
        return highlighted(made, self.palette) if cursor else made

    def key(self, row: Count) -> Hashable:
        """Device and what."""
        return row[:2]
