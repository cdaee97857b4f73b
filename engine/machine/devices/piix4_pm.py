# SPDX-License-Identifier: GPL-2.0-or-later
"""The power management function of the chipset."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from engine.machine.bus import PortBus
from engine.machine.clock import Clock, Event
from engine.machine.devices.device import LOW, Device, Line
from engine.machine.devices.pci import Decoder, PciBus, PciFunction

TIMER_HZ = 3_579_545
EVENTS, CONTROL, TIMER, SIZE = 0x00, 0x04, 0x08, 64
"""Offsets of the ACPI register blocks from PMBASE."""
BASE_REGISTER, ENABLE_REGISTER = 0x40, 0x80
"""PMBASE and PMREGMISC in configuration space."""
_TIMER_BITS, TIMER_BYTES = 24, 4
_HALF_TURN = 1 << _TIMER_BITS - 1
_TIMER_OVERFLOW, _GLOBAL_LOCK, _BUTTON, _RTC_ALARM = 1 << 0, 1 << 5, 1 << 8, 1 << 10
_ENABLES = _TIMER_OVERFLOW | _GLOBAL_LOCK | _BUTTON | _RTC_ALARM
SCI_ENABLED, _BUS_MASTER_RELOAD, _SUSPEND = 1 << 0, 1 << 1, 1 << 13
PM_IO_ENABLED = 0x01
_SUSPEND_TYPE = 7 << 10
SOFT_OFF = 0
"""The suspend type that switches off."""


class Piix4Pm(Device):
    """Function 3 of the Intel 82371AB PIIX4 (290562, chapter 7): the ACPI fixed registers, that is PM1a event and
    control blocks, the power management timer and the power button. Its interrupt is the SCI.
    """

    name = "PIIX4 PM"

    def __init__(
        self,
        ports: PortBus,
        pci: PciBus,
        clock: Clock,
        sci: Line,
        power_off: Callable[[], None],
    ) -> None:
        super().__init__()
        self._ports = ports
        self._served = 0
        self._clock = clock
        self._sci = sci
        self._power_off = power_off
        self._event: Event | None = None
        self._clear()
        self.configuration = PciFunction(
            0x8086,
            0x7113,
            0x068000,
            revision=3,
            writable={BASE_REGISTER: 0xC0, BASE_REGISTER + 1: 0xFF, ENABLE_REGISTER: PM_IO_ENABLED},
            changed=self._moved,
        )
        self._decoder = Decoder(
            self._base, partial(ports.claim, self, count=SIZE, width=4), partial(ports.release, count=SIZE)
        )
        pci.add(1, 3, self.configuration)

    def _clear(self) -> None:
        self._status = self._enable = self._control = 0
        self._turns_seen = self._half_turns()
        self._rest = bytearray(SIZE)

    def reset(self) -> None:
        """Nothing enabled. The timer runs on."""
        self._clock.cancel(self._event)
        self._event = None
        self._clear()
        self._sci(LOW)

    def _base(self) -> int:
        space = self.configuration
        return space.read(BASE_REGISTER, 2) & 0xFFC0 if space.read(ENABLE_REGISTER, 1) & PM_IO_ENABLED else 0

    def _moved(self) -> None:
        self._decoder.update()
        self._serve_timer(0)

    def _serve_timer(self, port: int) -> None:
        """Have the core answer reads of the timer at a port; 0: nowhere."""
        if port == self._served:
            return
        if self._served:
            self._ports.release_answer(self._served)
        if port:
            self._ports.answer(port, TIMER_BYTES, (1 << _TIMER_BITS) - 1, TIMER_HZ)
        self._served = port

    # --- the timer ---------------------------------------------------------------------------------------------------

    def _ticks(self) -> int:
        return self._clock.now * TIMER_HZ // self._clock.hz

    def _half_turns(self) -> int:
        """How often the timer's highest bit has changed since power-on."""
        return self._ticks() // _HALF_TURN

    def _schedule(self) -> None:
        """Schedule the next change of the highest bit, if it is to interrupt."""
        self._clock.cancel(self._event)
        self._event = None
        if self._enable & _TIMER_OVERFLOW:
            ticks = (self._half_turns() + 1) * _HALF_TURN
            self._event = self._clock.at(-(-ticks * self._clock.hz // TIMER_HZ), self._turned)

    def _turned(self) -> None:
        self._schedule()
        self._update()

    # --- events ------------------------------------------------------------------------------------------------------

    def press_button(self) -> None:
        """The power button is pressed and let go."""
        self._status |= _BUTTON
        self._update()

    @property
    def button_is_enabled(self) -> bool:
        """Whether the power button interrupts the guest (PWRBTN_EN)."""
        return bool(self._enable & _BUTTON and self._control & SCI_ENABLED)

    def _events(self) -> int:
        """PMSTS."""
        if self._half_turns() != self._turns_seen:
            self._status |= _TIMER_OVERFLOW
        return self._status

    def _update(self) -> None:
        level = bool(self._events() & self._enable and self._control & SCI_ENABLED)
        self._sci(level)

    def _acknowledge(self, bits: int) -> None:
        self._status = self._events() & ~bits
        if bits & _TIMER_OVERFLOW:
            self._turns_seen = self._half_turns()

    def _set_control(self, value: int) -> None:
        self._control = value & (SCI_ENABLED | _SUSPEND_TYPE | _BUS_MASTER_RELOAD)
        if value & _SUSPEND and (value & _SUSPEND_TYPE) >> 10 == SOFT_OFF:
            self._power_off()

    # --- registers ---------------------------------------------------------------------------------------------------

    def _image(self) -> bytearray:
        """The register block as it reads now."""
        image = bytearray(self._rest)
        image[0:2] = self._events().to_bytes(2, "little")
        image[2:4] = self._enable.to_bytes(2, "little")
        image[4:6] = self._control.to_bytes(2, "little")
        image[8:12] = (self._ticks() & (1 << _TIMER_BITS) - 1).to_bytes(4, "little")
        return image

    def port_read(self, port: int, size: int) -> int:
        """Status, enables, control, the timer; other registers read as they were written."""
        offset = port - self._decoder.base
        if offset == TIMER and size == TIMER_BYTES:
            self._serve_timer(port)
        return int.from_bytes(self._image()[offset : offset + size], "little")

    def port_write(self, port: int, size: int, value: int) -> None:
        """Acknowledge, enable, control."""
        offset = port - self._decoder.base
        image = self._image()
        image[0:2] = bytes(2)  # status bits are cleared by ones
        image[offset : offset + size] = value.to_bytes(size, "little")
        self._rest[12:] = image[12:SIZE]
        if offset < 2:
            self._acknowledge(int.from_bytes(image[0:2], "little"))
        if offset < 4 and offset + size > 2:
            self._enable = int.from_bytes(image[2:4], "little") & _ENABLES
            self._schedule()
        if offset < 6 and offset + size > 4:
            self._set_control(int.from_bytes(image[4:6], "little"))
        self._update()
