# SPDX-License-Identifier: GPL-2.0-or-later
"""The IDE function of the chipset: bus mastering for the ATA channels."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from engine.machine.bus import PortBus
from engine.machine.devices.ata import ABRT, UNC, AtaChannel
from engine.machine.devices.ata_commands import Request
from engine.machine.devices.device import Device
from engine.machine.devices.disk_contents import ImageError
from engine.machine.devices.disk_image import SECTOR, DiskImage
from engine.machine.devices.pci import Decoder, PciBus, PciFunction
from engine.machine.memory import Memory

_COMMAND, _STATUS, _TABLE = 0, 2, 4
COMMAND_START, COMMAND_TO_MEMORY = 0x01, 0x08
STATUS_ACTIVE, STATUS_ERROR, STATUS_INTERRUPT, STATUS_CAPABLE = 0x01, 0x02, 0x04, 0x60
_END_OF_TABLE = 1 << 31
_TABLE_BYTES = 1 << 16
_BAR, _REGISTERS = 4, 16


class _BusMaster:
    """Registers of one channel (Programming Interface for Bus Master IDE Controller, revision 1.0)."""

    def __init__(self, disk: AtaChannel | None) -> None:
        self.disk = disk
        self.clear()

    def clear(self) -> None:
        """Stopped, no status."""
        self.command = 0
        self.status = 0
        self.table = 0

    def latch(self) -> None:
        """The channel's interrupt line has risen."""
        self.status |= STATUS_INTERRUPT


class Piix3Ide(Device):
    """Function 1 of the Intel 82371SB PIIX3 (290550, section 2.6): bus-master DMA for two channels, each with at most
    one disk.
    """

    name = "PIIX3 IDE"

    def __init__(
        self, ports: PortBus, pci: PciBus, memory: Memory, primary: AtaChannel, secondary: AtaChannel | None = None
    ) -> None:
        super().__init__()
        self._memory = memory
        self._masters = (_BusMaster(primary), _BusMaster(secondary))
        self.configuration = PciFunction(
            0x8086,
            0x7010,
            0x010180,
            bars={_BAR: -_REGISTERS},
            writable=dict.fromkeys((0x40, 0x41, 0x42, 0x43, 0x44), 0xFF),
            changed=self._moved,
        )
        self._decoder = Decoder(
            partial(self.configuration.bar, _BAR), partial(ports.claim, self, count=_REGISTERS, width=4),
            partial(ports.release, count=_REGISTERS),
        )  # fmt: skip
        pci.add(1, 1, self.configuration)
        for master in self._masters:
            if master.disk is not None:
                master.disk.dma_ready = partial(self._try_start, master)
                master.disk.interrupted = master.latch

    def reset(self) -> None:
        """Both bus masters stop."""
        for master in self._masters:
            master.clear()

    def _moved(self) -> None:
        """The guest changed the configuration: the registers may be elsewhere now."""
        self._decoder.update()

    def port_read(self, port: int, size: int) -> int:
        """Registers of a bus master: command, status, table address."""
        offset = port - self._decoder.base
        master = self._masters[offset >> 3]
        image = bytes((master.command, 0, master.status, 0)) + master.table.to_bytes(4, "little")
        return int.from_bytes(image[offset & 7 : (offset & 7) + size], "little")

    def port_write(self, port: int, size: int, value: int) -> None:
        """Start, stop, acknowledge, or set the table address."""
        offset = port - self._decoder.base
        master = self._masters[offset >> 3]
        for index, byte in enumerate(value.to_bytes(size, "little")):
            self._write_byte(master, (offset & 7) + index, byte)

    def _write_byte(self, master: _BusMaster, offset: int, value: int) -> None:
        if offset == _COMMAND:
            started = value & COMMAND_START and not master.command & COMMAND_START
            master.command = value & (COMMAND_START | COMMAND_TO_MEMORY)
            if not value & COMMAND_START:
                master.status &= ~STATUS_ACTIVE
            elif started:
                master.status |= STATUS_ACTIVE
                if master.disk is not None and master.disk.waiting is not None:
                    self._try_start(master, master.disk.waiting)
        elif offset == _STATUS:
            cleared = value & (STATUS_ERROR | STATUS_INTERRUPT) | STATUS_CAPABLE
            master.status = master.status & ~cleared | value & STATUS_CAPABLE
        elif offset >= _TABLE:
            shift = 8 * (offset - _TABLE)
            master.table = (master.table & ~(0xFF << shift) | value << shift) & 0xFFFFFFFC

    def _try_start(self, master: _BusMaster, request: Request) -> None:
        """Both sides are ready: the drive has its command, the master is started."""
        if not master.command & COMMAND_START or master.disk is None:
            return
        master.status |= STATUS_ACTIVE
        table = self._read_table(master.table)
        self.counts["transfers"] += 1
        started = replace(request, entries=len(table))
        master.disk.begin(started)
        master.disk.serve_dma(partial(self._transfer, master, master.disk, started, table))

    def _read_table(self, address: int) -> list[tuple[int, int]]:
        """Physical region descriptors: address and bytes of each."""
        regions = []
        for offset in range(0, _TABLE_BYTES, 8):
            where = self._memory.read_int(address + offset, 4)
            word = self._memory.read_int(address + offset + 4, 4)
            regions.append((where & ~1, word & 0xFFFE or 0x10000))
            if word & _END_OF_TABLE:
                break
        return regions

    def _transfer(
        self, master: _BusMaster, channel: AtaChannel, request: Request, table: list[tuple[int, int]]
    ) -> None:
        wanted = request.count * SECTOR
        room = sum(size for _, size in table)
        error = ABRT if room < wanted else 0
        try:
            self._move(channel.disk, request, table)
        except ImageError:
            error = ABRT if request.write else UNC
        if room <= wanted:  # the table is used up: the master has stopped
            master.status &= ~STATUS_ACTIVE
        if room < wanted:
            master.status |= STATUS_ERROR
        channel.end_dma(error)

    def _move(self, disk: DiskImage, request: Request, table: list[tuple[int, int]]) -> None:
        if request.write:
            data = b"".join(self._memory.read(address, size) for address, size in table)[: request.count * SECTOR]
            disk.write(request.first, data[: len(data) // SECTOR * SECTOR])
            return
        data = disk.read(request.first, request.count)
        for address, size in table:
            self._memory.write(address, data[:size])
            data = data[size:]
