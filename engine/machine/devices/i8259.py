# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupt controllers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from engine.machine.bus import PortBus
from engine.machine.devices.device import HIGH, LOW, Device, Line

_CASCADE = 2
"""Input of the master to which the slave's output goes."""
_COMMANDS, _SLAVE_COMMANDS, _ELCR = 0x20, 0xA0, 0x4D0
ICW1, ICW1_NEEDS_ICW4, ICW1_SINGLE = 0x10, 0x01, 0x02
ICW2_BASE = 0xF8
ICW4_AUTO_EOI, ICW4_FULLY_NESTED = 0x02, 0x10
OCW2_ROTATE, OCW2_SPECIFIC, OCW2_EOI, OCW2_INPUT = 0x80, 0x40, 0x20, 0x07
OCW3, OCW3_READ_SERVICE, OCW3_READ, OCW3_POLL = 0x08, 0x01, 0x02, 0x04
OCW3_SPECIAL_MASK, OCW3_SET_SPECIAL_MASK = 0x20, 0x40
POLL_INTERRUPT = 0x80
_LOWEST_PRIORITY = 7
_SPURIOUS = 7
"""Input whose vector a request gets that has gone away (data sheet, "Interrupt sequence")."""
_ELCR_WRITABLE = (0xF8, 0xDE)
"""Timer, keyboard, cascade, real-time clock and coprocessor stay edge triggered (290550, 2.5.3)."""
_ICW2, _ICW3, _ICW4 = 2, 3, 4
"""The initialization command word that is expected next; 0: none."""


class _Chip:
    """One 8259A in 8086 mode."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.request = self.mask = self.service = self.levels = self.level_triggered = 0
        self.base = 0
        self.lowest = _LOWEST_PRIORITY
        self.word = 0
        self.needs_icw4 = self.single = self.auto_eoi = self.rotate_auto = self.special_mask = False
        self.nested_fully = False
        self.read_service = self.poll = False

    def set_input(self, number: int, level: bool) -> None:
        bit = 1 << number
        if self.level_triggered & bit:
            self.request = self.request | bit if level else self.request & ~bit
        elif level and not self.levels & bit:
            self.request |= bit
        self.levels = self.levels | bit if level else self.levels & ~bit

    def rank(self, number: int) -> int:
        """0 is the highest priority."""
        return (number - self.lowest - 1) & 7

    def highest(self, bits: int) -> int:
        """The input of highest priority among bits, which are not all 0."""
        return min((n for n in range(8) if bits >> n & 1), key=self.rank)

    def pending(self) -> int | None:
        """The input the chip would interrupt for now."""
        asked = self.request & ~self.mask
        if not asked:
            return None
        number = self.highest(asked)
        blocking = self.service & ~self.mask if self.special_mask else self.service
        if self.nested_fully:
            blocking &= ~(1 << _CASCADE)
        if blocking and self.rank(self.highest(blocking)) <= self.rank(number):
            return None
        return number

    def acknowledge(self, number: int) -> None:
        bit = 1 << number
        if not self.level_triggered & bit:
            self.request &= ~bit
        if not self.auto_eoi:
            self.service |= bit
        elif self.rotate_auto:
            self.lowest = number

    def command(self, value: int) -> None:
        if value & ICW1:
            self.mask = self.service = 0
            self.request = self.levels & self.level_triggered
            self.lowest = _LOWEST_PRIORITY
            self.special_mask = self.read_service = self.auto_eoi = self.rotate_auto = self.nested_fully = False
            self.needs_icw4, self.single = bool(value & ICW1_NEEDS_ICW4), bool(value & ICW1_SINGLE)
            self.word = _ICW2
        elif value & OCW3:
            if value & OCW3_READ:
                self.read_service = bool(value & OCW3_READ_SERVICE)
            self.poll = bool(value & OCW3_POLL)
            if value & OCW3_SET_SPECIAL_MASK:
                self.special_mask = bool(value & OCW3_SPECIAL_MASK)
        else:
            self._end_of_interrupt(value, value & OCW2_INPUT)

    def _end_of_interrupt(self, value: int, number: int) -> None:
        """OCW2."""
        rotate, specific = value & OCW2_ROTATE, value & OCW2_SPECIFIC
        if not value & OCW2_EOI:
            if specific and rotate:
                self.lowest = number
            elif not specific:
                self.rotate_auto = bool(rotate)
            return
        if not specific:
            if not self.service:
                return
            number = self.highest(self.service)
        self.service &= ~(1 << number)
        if rotate:
            self.lowest = number

    def data(self, value: int) -> None:
        if self.word == _ICW2:
            self.base = value & ICW2_BASE
            self.word = _ICW3 if not self.single else _ICW4 if self.needs_icw4 else 0
        elif self.word == _ICW3:
            self.word = _ICW4 if self.needs_icw4 else 0
        elif self.word == _ICW4:
            self.auto_eoi, self.nested_fully = bool(value & ICW4_AUTO_EOI), bool(value & ICW4_FULLY_NESTED)
            self.word = 0
        else:
            self.mask = value


class I8259Pair(Device):
    """Two 8259A programmable interrupt controllers as in a PC (Intel 8259A data sheet, 231468), with the ELCR of the
    PIIX3 (Intel 290550, section 2.5.3) that makes inputs level triggered.
    """

    name = "8259"

    def __init__(self, ports: PortBus, output: Line) -> None:
        """`output` is the INTR line of the CPU."""
        super().__init__()
        self._chips = (_Chip(), _Chip())
        self._output = output
        self._level = False
        ports.claim(self, _COMMANDS, 2)
        ports.claim(self, _SLAVE_COMMANDS, 2)
        ports.claim(self, _ELCR, 2)

    def reset(self) -> None:
        """Both chips wait for their initialization words, all inputs masked by having no vector."""
        for chip in self._chips:
            chip.reset()
        self._update()

    def set_irq(self, number: int, level: bool) -> None:
        """Drive one of the inputs 0 to 15."""
        chip = self._chips[number >> 3]
        if bool(chip.levels >> (number & 7) & 1) == level:
            return  # devices drive the same level again at each poll of their status
        chip.set_input(number & 7, level)
        self._update()

    def vectors(self) -> Iterator[tuple[int, int]]:
        """Vectors and the inputs they are for, once there are vectors."""
        for first, chip in zip((0, 8), self._chips, strict=True):
            if chip.base:
                yield from ((chip.base + number, first + number) for number in range(8))

    def line(self, number: int) -> Line:
        """The wire to one input."""
        return partial(self.set_irq, number)

    def acknowledge(self) -> int:
        """The interrupt acknowledge cycle: the vector. A request that has gone away gives input 7 of its chip."""
        master, slave = self._chips
        number = master.pending()
        if number is None:
            self.counts["spurious"] += 1
            self._update()
            return master.base + _SPURIOUS
        master.acknowledge(number)
        vector = master.base + number
        if number == _CASCADE:
            second = slave.pending()
            if second is None:
                self.counts["spurious"] += 1
                vector = slave.base + _SPURIOUS
            else:
                slave.acknowledge(second)
                vector = slave.base + second
        self.counts["interrupts"] += 1
        self._update()
        return vector

    def _update(self) -> None:
        master, slave = self._chips
        master.set_input(_CASCADE, LOW)
        master.request &= ~(1 << _CASCADE)
        if slave.pending() is not None:
            master.set_input(_CASCADE, HIGH)
        level = master.pending() is not None
        if level != self._level:
            self._level = level
            self._output(level)

    def port_read(self, port: int, size: int) -> int:
        """IRR, ISR, the poll word, IMR or ELCR."""
        del size
        if port >= _ELCR:
            return self._chips[port & 1].level_triggered
        chip = self._chips[port >> 7]
        if port & 1:
            return chip.mask
        if chip.poll:
            chip.poll = False
            number = chip.pending()
            if number is None:
                return 0
            chip.acknowledge(number)
            self._update()
            return POLL_INTERRUPT | number
        return chip.service if chip.read_service else chip.request

    def port_write(self, port: int, size: int, value: int) -> None:
        """Initialization and operation command words."""
        del size
        if port >= _ELCR:
            chip = self._chips[port & 1]
            chip.level_triggered = value & _ELCR_WRITABLE[port & 1]
        else:
            chip = self._chips[port >> 7]
            (chip.data if port & 1 else chip.command)(value)
        self._update()
