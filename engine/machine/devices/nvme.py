# SPDX-License-Identifier: GPL-2.0-or-later
"""An NVMe disk: registers, queues and interrupts of the controller."""

from __future__ import annotations

from functools import partial

from engine.machine.bus import MemoryBus
from engine.machine.clock import Clock
from engine.machine.devices.ata_commands import Identities
from engine.machine.devices.device import LOW, Device, Fire, Line
from engine.machine.devices.disk_image import DiskImage
from engine.machine.devices.disk_model import DiskModel
from engine.machine.devices.disk_queue import Adapter, DiskQueue
from engine.machine.devices.nvme_commands import Commands, Result
from engine.machine.devices.nvme_queues import CompletionQueue, Queues, SubmissionQueue
from engine.machine.devices.nvme_registers import (
    CAP,
    CC_ENABLE,
    CC_SHUTDOWN,
    CSTS_FATAL,
    CSTS_READY,
    CSTS_SHUTDOWN_COMPLETE,
    DOORBELLS,
    VERSION,
    Register,
)
from engine.machine.devices.pci import COMMAND_MASTER, Decoder, PciFunction
from engine.machine.memory import Memory

VENDOR, DEVICE = 0x15AD, 0x07F0
"""Those of the NVMe controller of VMware's machines; drivers go by the class."""
_CLASS = 0x010802
_WINDOW = 0x4000
_PAGE_MASK = 0xFFFFFFFFFFFFF000


class Nvme(Device):
    """A controller of NVM Express Base Specification 1.4 with one namespace, on PCI with a pin-based interrupt."""

    name = "NVMe"

    def __init__(
        self,
        windows: MemoryBus,
        clock: Clock,
        memory: Memory,
        irq: Line,
        disk: DiskImage,
        model: DiskModel,
        fire: Fire,
        identities: Identities,
    ) -> None:
        super().__init__()
        self._memory = memory
        self._irq = irq
        self.disk = disk
        self.queue = DiskQueue(clock, disk, model, fire, Adapter.NVME, identities, self.counts)
        self._queues = Queues(memory)
        self._commands = Commands(self._queues, self.queue, memory, VENDOR)
        self._clear()
        self.configuration = PciFunction(
            VENDOR, DEVICE, _CLASS, interrupt_pin=1, bars={0: _WINDOW}, changed=self._moved
        )
        self._window = Decoder(
            partial(self.configuration.bar, 0), partial(windows.claim, self, size=_WINDOW),
            partial(windows.release, size=_WINDOW),
        )  # fmt: skip

    # --- reset -------------------------------------------------------------------------------------------------------

    def _clear(self) -> None:
        self._values = dict.fromkeys(Register, 0)
        self._values |= {Register.CAP: CAP & 0xFFFFFFFF, Register.CAP_HIGH: CAP >> 32, Register.VS: VERSION}
        self._masked = False
        self._forget()

    def _forget(self) -> None:
        """Controller reset (7.3.1): queues and commands are gone, admin queue registers stay."""
        self.queue.clear()
        self._queues.clear()
        self._commands.clear()

    def reset(self) -> None:
        """RST#."""
        self._clear()
        self._irq(LOW)

    def _moved(self) -> None:
        """The guest changed the configuration."""
        self._window.update()

    # --- registers ---------------------------------------------------------------------------------------------------

    def memory_read(self, address: int, size: int) -> int:
        """A register; doorbells read as 0."""
        offset = address - self._window.base
        image = b"".join(self._get(at).to_bytes(4, "little") for at in range(offset & ~3, offset + size, 4))
        return int.from_bytes(image[offset & 3 :][:size], "little")

    def memory_peek(self, address: int, size: int) -> int:
        """Reading has no effect on any register."""
        return self.memory_read(address, size)

    def memory_write(self, address: int, size: int, value: int) -> None:
        """A register or a doorbell; in words of 32 bits, or two of them at once (3.1)."""
        offset = address - self._window.base
        if size < 4 or offset & 3:
            return
        for index in range(0, size, 4):
            self._set(offset + index, value >> 8 * index & 0xFFFFFFFF)

    def _get(self, offset: int) -> int:
        if offset in (Register.INTMS, Register.INTMC):
            return int(self._masked)
        return self._values.get(Register(offset), 0) if offset in self._values else 0

    def _set(self, offset: int, value: int) -> None:
        if offset >= DOORBELLS:
            self._ring(*divmod((offset - DOORBELLS) // 4, 2), value & 0xFFFF)
        elif offset == Register.CC:
            self._set_configuration(value)
        elif offset in (Register.INTMS, Register.INTMC):
            if value & 1:
                self._masked = offset == Register.INTMS
                self._update()
        elif Register.AQA <= offset <= Register.ACQ_HIGH and offset in self._values:
            self._values[Register(offset)] = value

    def _set_configuration(self, value: int) -> None:
        before = self._values[Register.CC]
        self._values[Register.CC] = value
        if value & CC_ENABLE and not before & CC_ENABLE:
            self._enable()
        elif before & CC_ENABLE and not value & CC_ENABLE:
            self._forget()
            self._values[Register.CSTS] = 0
            self._update()
        if value & CC_SHUTDOWN and not before & CC_SHUTDOWN:
            self._values[Register.CSTS] |= CSTS_SHUTDOWN_COMPLETE

    def _enable(self) -> None:
        """Ready at once: the admin queues are where AQA, ASQ and ACQ say (7.6.1)."""
        sizes = self._values[Register.AQA]
        if self._values[Register.CC] >> 7 & 0xF:  # pages of more than 4 KiB
            self._values[Register.CSTS] = CSTS_FATAL
            return
        self._queues.submission[0] = SubmissionQueue(self._address(Register.ASQ), (sizes & 0xFFF) + 1, 0)
        completions = (sizes >> 16 & 0xFFF) + 1
        self._queues.completion[0] = CompletionQueue(self._address(Register.ACQ), completions, interrupts=True)
        self._values[Register.CSTS] = CSTS_READY

    def _address(self, low: Register) -> int:
        return (self._values[low] | self._values[Register(low + 4)] << 32) & _PAGE_MASK

    # --- queues ------------------------------------------------------------------------------------------------------

    def _ring(self, number: int, completions: int, value: int) -> None:
        """A doorbell: the driver has put commands into a queue, or taken completions from one."""
        if completions:
            queue = self._queues.completion.get(number)
            if queue is not None and value < queue.size:
                queue.head = value
                queue.post(self._memory)
                self._update()
            return
        submitted = self._queues.submission.get(number)
        if submitted is not None and value < submitted.size and self.configuration.command & COMMAND_MASTER:
            submitted.tail = value
            self._fetch(number, submitted)

    def _fetch(self, number: int, queue: SubmissionQueue) -> None:
        while queue.head != queue.tail and self._queues.submission.get(number) is queue:
            command = queue.take(self._memory)
            self.counts["admin commands" if number == 0 else "commands"] += 1
            finish = partial(self._finish, number, int.from_bytes(command[2:4], "little"))
            self._commands.execute(number, command, finish)

    def _finish(self, number: int, command: int, result: Result) -> None:
        """A command is done."""
        self._queues.finish(number, command, result.status, result.value)
        self._update()

    def _update(self) -> None:
        """The pin is asserted while there is something to take."""
        self._irq(self._queues.interrupting and not self._masked)
