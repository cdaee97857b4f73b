# SPDX-License-Identifier: GPL-2.0-or-later
"""The interrupt controller for the board's wires."""

from __future__ import annotations

from collections.abc import Iterator

from engine.machine.bus import MemoryBus
from engine.machine.devices.apic_bus import ApicBus, Delivery, Message, widen
from engine.machine.devices.device import Device

BASE, SIZE = 0xFEC00000, 0x1000
INPUTS = 24
IOREGSEL, IOWIN = 0x00, 0x10
_ID, _VERSION, _ARBITRATION, _TABLE = 0, 1, 2, 0x10
VERSION = (INPUTS - 1) << 16 | 0x11
_MASKED, _LEVEL, _REMOTE_IRR, _STATUS, _LOGICAL = 1 << 16, 1 << 15, 1 << 14, 1 << 12, 1 << 11
_VECTOR, _DELIVERY_SHIFT, _DELIVERY, _DESTINATION_SHIFT = 0xFF, 8, 7, 56
FIRST_VECTOR = 0x10
"""Those below are illegal (3.2.4)."""
_ID_BITS = 0x0F000000
_READ_ONLY = _REMOTE_IRR | _STATUS
_WRITABLE = (0xFF << 56 | 0x1FFFF) & ~_READ_ONLY


class IoApic(Device):
    """Intel 82093AA I/O APIC (290566): 24 inputs, each with an entry of the redirection table.

    The wires of this machine say whether a device asks, whatever the polarity on a board: the polarity bit is kept and
    does nothing.
    """

    name = "IO-APIC"

    def __init__(self, windows: MemoryBus, bus: ApicBus) -> None:
        super().__init__()
        windows.claim(self, BASE, SIZE)
        self._bus = bus
        bus.ended = self._ended
        self._levels = 0
        self._clear()

    def _clear(self) -> None:
        self._select = 0
        self._id = 0
        self._table = [_MASKED] * INPUTS

    def reset(self) -> None:
        """Every input masked."""
        self._clear()

    def set_input(self, number: int, level: bool) -> None:
        """Drive an input."""
        bit = 1 << number
        if bool(self._levels & bit) == level:
            return
        self._levels ^= bit
        if level:
            self._offer(number)

    def vectors(self) -> Iterator[tuple[int, int]]:
        """Vectors and inputs of the redirection table that raise interrupts.

        Inputs whose interrupts go to different CPUs may have the same vector; one that is masked has none that another
        input has in use.
        """
        fixed = {
            number: entry
            for number, entry in enumerate(self._table)
            if entry >> _DELIVERY_SHIFT & _DELIVERY in (Delivery.FIXED, Delivery.LOWEST_PRIORITY)
            and entry & _VECTOR >= FIRST_VECTOR
        }
        in_use = {entry & _VECTOR for entry in fixed.values() if not entry & _MASKED}
        for number, entry in fixed.items():
            if not entry & _MASKED or entry & _VECTOR not in in_use:
                yield entry & _VECTOR, number

    def _offer(self, number: int) -> None:
        """An input has risen, or is high and may send again."""
        entry = self._table[number]
        if entry & _MASKED:
            return  # an edge on a masked input is lost (3.2.4)
        level_triggered = bool(entry & _LEVEL)
        if level_triggered and entry & _REMOTE_IRR:
            return
        delivery = entry >> _DELIVERY_SHIFT & _DELIVERY
        if level_triggered and delivery in (Delivery.FIXED, Delivery.LOWEST_PRIORITY):
            self._table[number] |= _REMOTE_IRR
        self.counts["messages"] += 1
        logical = bool(entry & _LOGICAL)
        destination = widen(entry >> _DESTINATION_SHIFT, logical=logical)
        self._bus.send(Message(entry & _VECTOR, delivery, destination, logical, level_triggered))

    def _offer_level(self, number: int) -> None:
        if self._table[number] & _LEVEL and self._levels >> number & 1:
            self._offer(number)

    def _ended(self, vector: int) -> None:
        """A local APIC has ended a level-triggered interrupt: inputs that are still asserted send again."""
        for number, entry in enumerate(self._table):
            if entry & _REMOTE_IRR and entry & _VECTOR == vector:
                self._table[number] &= ~_REMOTE_IRR
                self._offer_level(number)

    # --- registers (3.1 and 3.2) -------------------------------------------------------------------------------------

    def memory_read(self, address: int, size: int) -> int:
        """The register that is selected, or which one is."""
        offset = address - BASE
        value = self._select if offset == IOREGSEL else self._read() if offset == IOWIN else 0
        return value & (1 << 8 * size) - 1

    def memory_peek(self, address: int, size: int) -> int:
        """Reading has no effect on any register."""
        return self.memory_read(address, size)

    def memory_write(self, address: int, size: int, value: int) -> None:
        """Select a register, or write it."""
        offset = address - BASE
        if offset == IOREGSEL:
            self._select = value & 0xFF
        elif offset == IOWIN and size >= 4:
            self._write(value & 0xFFFFFFFF)

    def _read(self) -> int:
        number, half = divmod(self._select - _TABLE, 2)
        if 0 <= number < INPUTS:
            return self._table[number] >> 32 * half & 0xFFFFFFFF
        return {_ID: self._id, _VERSION: VERSION, _ARBITRATION: self._id}.get(self._select, 0)

    def _write(self, value: int) -> None:
        if self._select == _ID:
            self._id = value & _ID_BITS
            return
        number, half = divmod(self._select - _TABLE, 2)
        if not 0 <= number < INPUTS:
            return
        shift = 32 * half
        mask = _WRITABLE & 0xFFFFFFFF << shift
        entry = self._table[number] & ~mask | value << shift & mask
        if not entry & _LEVEL:
            entry &= ~_REMOTE_IRR
        self._table[number] = entry
        self._offer_level(number)
