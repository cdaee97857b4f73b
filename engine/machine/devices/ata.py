# SPDX-License-Identifier: GPL-2.0-or-later
"""An ATA disk behind its task file registers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.core.points import Point
from engine.machine.bus import PortBus
from engine.machine.clock import Clock, Event
from engine.machine.devices.ata_commands import (
    DONE_AT_ONCE,
    HEADS,
    LBA28_SECTORS,
    MAX_MULTIPLE,
    SECTORS_PER_TRACK,
    TRANSFERS,
    Command,
    Identities,
    Request,
    identify,
)
from engine.machine.devices.device import HIGH, LOW, Device, Fire, Line
from engine.machine.devices.disk_contents import ImageError
from engine.machine.devices.disk_image import SECTOR, DiskImage
from engine.machine.devices.disk_model import DiskModel

BSY, DRDY, DSC, DRQ, ERR = 0x80, 0x40, 0x10, 0x08, 0x01
ABRT, IDNF, UNC = 0x04, 0x10, 0x40
CONTROL_NIEN, CONTROL_SRST, CONTROL_HOB = 0x02, 0x04, 0x80
DEVICE_LBA, DEVICE_DEV, DEVICE_OBSOLETE, DEVICE_HEAD = 0x40, 0x10, 0xA0, 0x0F
_DATA, _ERROR, _COUNT, _LBA_LOW, _LBA_MIDDLE, _LBA_HIGH, _DEVICE, _STATUS_COMMAND = range(8)
_LBA_REGISTERS = (_LBA_LOW, _LBA_MIDDLE, _LBA_HIGH)
_DIAGNOSTICS_PASSED = 0x01
_POWER_ACTIVE = 0xFF
_MULTIPLES = (1, 2, 4, 8, MAX_MULTIPLE)
_CHANNELS = ((0x1F0, 0x3F6), (0x170, 0x376))
"""Ports of the command and the control block of each channel."""
_ADAPTER_IDE = 0


class AtaChannel(Device):
    """One ATA channel with one disk, by the command set of ATA/ATAPI-6 (T13/1410D): PIO and DMA, LBA28, LBA48 and CHS.

    A command completes on the virtual clock after the time the disk model gives, with an interrupt.
    """

    name = "ATA"

    def __init__(
        self,
        ports: PortBus,
        clock: Clock,
        irq: Line,
        disk: DiskImage,
        model: DiskModel,
        fire: Fire,
        controller: int = 0,
        identities: Identities | None = None,
    ) -> None:
        """`controller`: 0 for the primary channel, 1 for the secondary. Those of one machine share `identities`."""
        super().__init__()
        if controller:
            self.name = f"{self.name} {controller}"
        self._ports = ports
        self._clock = clock
        self._irq = irq
        self.disk = disk
        self._model = model
        self._fire = fire
        self._controller = controller
        self._identities = identities or Identities()
        self.dma_ready: Callable[[Request], None] | None = None
        """called when a DMA command waits for the bus master"""
        self.interrupted: Callable[[], None] | None = None
        """called when the channel's interrupt line rises"""
        self._event: Event | None = None
        self._answered = False
        base, control = _CHANNELS[controller]
        self._base = base
        self._clear()
        ports.claim(self, base, 1, width=4)
        ports.claim(self, base + 1, 7)
        ports.claim(self, control, 1)

    def _clear(self) -> None:
        self.status = DRDY | DSC
        self._error = _DIAGNOSTICS_PASSED
        self._device = DEVICE_OBSOLETE
        self._control = 0
        self._multiple = 1
        # count and LBA bytes: most recent content first, previous content second (ATA/ATAPI-6, 6.20)
        self._registers = {_COUNT: [1, 0], _LBA_LOW: [1, 0], _LBA_MIDDLE: [0, 0], _LBA_HIGH: [0, 0]}
        self._buffer = bytearray()
        self._position = 0
        self._request: Request | None = None
        self._moved = 0
        self.waiting: Request | None = None

    def reset(self) -> None:
        """Power-on or software reset: diagnostics passed, signature of an ATA disk."""
        self._clock.cancel(self._event)
        self._event = None
        self._clear()
        self._irq(LOW)

    @property
    def status(self) -> int:
        """The status register. While the disk is busy nothing else can be read there, and reading has no effect."""
        return self._status

    @status.setter
    def status(self, value: int) -> None:
        self._status = value
        self._answer(constant=False)

    def _answer(self, *, constant: bool) -> None:
        """Whether polls of a busy disk are answered without this device."""
        port = self._base + _STATUS_COMMAND
        if constant and not self._answered:
            self._ports.answer(port, 1, self._status)
        elif self._answered and not constant:
            self._ports.release_answer(port)
        self._answered = constant

    # --- registers ---------------------------------------------------------------------------------------------------

    @property
    def _selected(self) -> bool:
        """Device 0 is the disk; nothing is attached as device 1."""
        return not self._device & DEVICE_DEV

    def port_read(self, port: int, size: int) -> int:
        """Data, error, the task file, status."""
        register = port - self._base
        if register == _DATA:
            return self._read_data(size)
        if not self._selected and register != _DEVICE:
            return 0
        if register == _ERROR:
            return self._error
        if register in self._registers:
            return self._registers[register][1 if self._control & CONTROL_HOB else 0]
        if register == _DEVICE:
            return self._device | DEVICE_OBSOLETE
        if register == _STATUS_COMMAND:
            self._irq(LOW)
            self._answer(constant=bool(self.status & BSY))
        return self.status

    def port_write(self, port: int, size: int, value: int) -> None:
        """Data, the task file, a command, device control."""
        register = port - self._base
        self._answer(constant=False)
        if register == _DATA:
            self._write_data(size, value)
        elif register in self._registers:
            self._control &= ~CONTROL_HOB
            self._registers[register] = [value, self._registers[register][0]]
        elif register == _DEVICE:
            self._device = value
        elif register == _STATUS_COMMAND:
            if self._selected and not self.status & BSY:
                self._command(value)
        elif register > _STATUS_COMMAND:
            self._set_control(value)

    def _set_control(self, value: int) -> None:
        if value & CONTROL_SRST:
            self.reset()
            self.status = BSY
        elif self._control & CONTROL_SRST:
            self.reset()
        self._control = value
        if value & CONTROL_NIEN:
            self._irq(LOW)

    def _interrupt(self) -> None:
        if not self._control & CONTROL_NIEN:
            self.counts["interrupts"] += 1
            if self.interrupted is not None:
                self.interrupted()
            self._irq(HIGH)

    # --- commands ----------------------------------------------------------------------------------------------------

    def _command(self, code: int) -> None:
        self._irq(LOW)
        self._error = 0
        self.waiting = None
        if code in TRANSFERS:
            self._start(TRANSFERS[code])
        elif code == Command.IDENTIFY_DEVICE:
            self._give(identify(self.disk.sectors, self._multiple))
            self._interrupt()
        elif code in DONE_AT_ONCE:
            self._finish(0)
        elif code == Command.SET_MULTIPLE_MODE and self._registers[_COUNT][0] in _MULTIPLES:
            self._multiple = self._registers[_COUNT][0]
            self._finish(0)
        elif code == Command.CHECK_POWER_MODE:
            self._registers[_COUNT][0] = _POWER_ACTIVE
            self._finish(0)
        elif code == Command.READ_NATIVE_MAX_ADDRESS:
            self._set_lba(min(self.disk.sectors, LBA28_SECTORS) - 1, extended=False)
            self._finish(0)
        elif code == Command.EXECUTE_DEVICE_DIAGNOSTIC:
            self.reset()
            self._interrupt()
        else:
            self._finish(ABRT)

    def _finish(self, error: int) -> None:
        """End a command with an interrupt."""
        self._error = error
        self.status = DRDY | DSC | (ERR if error else 0)
        self._request = None
        self._interrupt()

    def _start(self, kind: Request) -> None:
        first, count = self._lba(kind.extended), self._count(kind.extended)
        if first is None or first + count > self.disk.sectors:
            self._finish(IDNF)
            return
        request = replace(kind, first=first, count=count, identity=self._identities.take())
        self._request, self._moved = request, 0
        if request.dma:
            self.status = DRDY | DSC | DRQ
            self.waiting = request
            if self.dma_ready is not None:
                self.dma_ready(request)
            return
        self.begin(request)
        if request.write:
            self._give(bytes(self._piece() * SECTOR))
        else:
            self._later(self._read_piece)

    def begin(self, request: Request) -> None:
        """The disk starts to work on a request."""
        self._request = request
        self.counts["writes" if request.write else "reads"] += 1
        self.counts["sectors written" if request.write else "sectors read"] += request.count
        self._fire(Point.DISK_IO_START, self._arguments(request))

    def _arguments(self, request: Request) -> tuple[int, ...]:
        """ARG0 to ARG7 of Disk_IOStart and Disk_IOFinish (manual, p. 28)."""
        read = 0 if request.write else 1
        where = (_ADAPTER_IDE, self._controller, 0)
        return (*where, read, request.identity, request.first, request.count, request.entries)

    def complete(self, request: Request) -> None:
        """The disk has done a request."""
        self._fire(Point.DISK_IO_FINISH, self._arguments(request))

    def _later(self, action: Callable[[], None]) -> None:
        """Be busy for as long as the disk takes, then act."""
        assert self._request is not None  # noqa: S101 - by construction
        self.status = BSY | DRDY | DSC
        now_ns = self._clock.now * 1_000_000_000 // self._clock.hz
        delay = self._model.service_ns(now_ns, self._request.first, self._request.count, self._request.write)
        self._event = self._clock.after(delay, action)

    def serve_dma(self, action: Callable[[], None]) -> None:
        """The bus master runs: be busy, then let it move the data."""
        self.waiting = None
        self._later(action)

    def end_dma(self, error: int) -> None:
        """The bus master has moved the data, or failed."""
        request = self._request
        if request is not None:
            self.complete(request)
        self._finish(error)

    # --- data port ---------------------------------------------------------------------------------------------------

    def _piece(self) -> int:
        """Sectors of the next data block."""
        request = self._request
        assert request is not None  # noqa: S101 - by construction
        return min(self._multiple if request.multiple else 1, request.count - self._moved)

    def _give(self, data: bytes) -> None:
        """Open the data port for a block."""
        self._buffer = bytearray(data)
        self._position = 0
        self.status = DRDY | DSC | DRQ

    def _read_piece(self) -> None:
        request = self._request
        assert request is not None  # noqa: S101 - by construction
        count = self._piece()
        try:
            data = self.disk.read(request.first + self._moved, count)
        except ImageError:
            self.complete(request)
            self._finish(UNC)
            return
        self._moved += count
        if self._moved == request.count:
            self.complete(request)
        self._give(data)
        self._interrupt()

    def _read_data(self, size: int) -> int:
        if not self.status & DRQ:
            return 0
        end = self._position + size
        value = int.from_bytes(self._buffer[self._position : end], "little")
        self._position = end
        if end >= len(self._buffer):
            self.status = DRDY | DSC
            if self._request is not None and self._moved < self._request.count:
                self._read_piece()
            else:
                self._request = None
        return value

    def _write_data(self, size: int, value: int) -> None:
        request = self._request
        if not self.status & DRQ or request is None or not request.write:
            return
        end = self._position + size
        self._buffer[self._position : end] = value.to_bytes(size, "little")
        self._position = end
        if end < len(self._buffer):
            return
        try:
            self.disk.write(request.first + self._moved, bytes(self._buffer))
        except ImageError:
            self.complete(request)
            self._finish(ABRT)
            return
        self._moved += len(self._buffer) // SECTOR
        if self._moved < request.count:
            self._give(bytes(self._piece() * SECTOR))
            self._interrupt()
        else:
            self._later(self._written)

    def _written(self) -> None:
        request = self._request
        assert request is not None  # noqa: S101 - by construction
        self.complete(request)
        self._finish(0)

    # --- addresses ---------------------------------------------------------------------------------------------------

    def _lba(self, extended: bool) -> int | None:
        low, middle, high = (self._registers[number] for number in _LBA_REGISTERS)
        if extended:
            return int.from_bytes((low[0], middle[0], high[0], low[1], middle[1], high[1]), "little")
        if self._device & DEVICE_LBA:
            return (self._device & DEVICE_HEAD) << 24 | high[0] << 16 | middle[0] << 8 | low[0]
        cylinder, head, sector = high[0] << 8 | middle[0], self._device & DEVICE_HEAD, low[0]
        if not sector:
            return None
        return (cylinder * HEADS + head) * SECTORS_PER_TRACK + sector - 1

    def _set_lba(self, value: int, *, extended: bool) -> None:
        for place, number in enumerate(_LBA_REGISTERS):
            self._registers[number][0] = value >> 8 * place & 0xFF
        if not extended:
            self._device = self._device & ~DEVICE_HEAD | value >> 24 & DEVICE_HEAD

    def _count(self, extended: bool) -> int:
        low, high = self._registers[_COUNT]
        return (low | high << 8) or 65536 if extended else low or 256
