# SPDX-License-Identifier: GPL-2.0-or-later
"""The board's interrupt wires: to the IO-APIC, and the first 16 to an 8259, too."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from engine.machine.devices.device import Line
from engine.machine.devices.i8259 import I8259Pair
from engine.machine.devices.io_apic import IoApic

PIC_INPUTS = 16
TIMER, CLOCK, TIMER_INPUT = 0, 8, 2
"""The 8254 is IRQ 0 for the 8259 and input 2 of the IO-APIC (MultiProcessor Specification 1.4, 3.6.2.1); every other
one has the same number on both."""


class InterruptLines:
    """Wires 0 to 23."""

    def __init__(self, pic: I8259Pair, io_apic: IoApic) -> None:
        self._pic = pic
        self._io_apic = io_apic
        self.names = {TIMER: "timer", CLOCK: "clock"}
        """Of the devices at the other ends. The 8254 and the real-time clock drive theirs through the HPET."""

    def set_irq(self, number: int, level: bool) -> None:
        """Drive a wire."""
        if number < PIC_INPUTS:
            self._pic.set_irq(number, level)
        self._io_apic.set_input(TIMER_INPUT if number == TIMER else number, level)

    def line(self, number: int, name: str = "") -> Line:
        """The end of a wire, for a device to drive, and what the device is."""
        if name:
            self.names[number] = name
        return partial(self.set_irq, number)

    def vectors(self) -> Iterator[tuple[int, int]]:
        """Vectors with the wires whose interrupts they are, as the guest has programmed the controllers.

        A vector comes more than once where it is that of several wires, on different CPUs.
        """
        found = [*self._io_apic.vectors()]
        taken = {vector for vector, _ in found}
        yield from ((vector, number) for vector, number in self._pic.vectors() if vector not in taken)
        yield from ((vector, TIMER if number == TIMER_INPUT else number) for vector, number in found)
