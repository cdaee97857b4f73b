# SPDX-License-Identifier: GPL-2.0-or-later
"""How the CPUs reach the devices of a machine: what engine.machine.cpu.Board asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.machine.bus import Access
from engine.machine.devices import apic_msrs
from engine.machine.devices.local_apic import SIZE

if TYPE_CHECKING:
    from engine.machine.machine import Machine


class DeviceAccess(Access):
    """Serves each access of a CPU, and knows meanwhile which CPU it is."""

    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self._machine = machine

    def port_in(self, cpu: int, port: int, size: int) -> int:
        """IN."""
        self.cpu = cpu
        try:
            return self._machine.ports.read(port, size)
        finally:
            self.cpu = None

    def port_out(self, cpu: int, port: int, size: int, value: int) -> None:
        """OUT."""
        self.cpu = cpu
        try:
            self._machine.ports.write(port, size, value)
        finally:
            self.cpu = None

    def memory_read(self, cpu: int, address: int, size: int) -> int:
        """A load from device memory."""
        apic = self._machine.motherboard.apics[cpu]
        if address & -SIZE == apic.window:
            return apic.memory_read(address, size)
        self.cpu = cpu
        try:
            return self._machine.windows.read(address, size)
        finally:
            self.cpu = None

    def memory_write(self, cpu: int, address: int, size: int, value: int) -> None:
        """A store to device memory."""
        self.cpu = cpu
        apic = self._machine.motherboard.apics[cpu]
        try:
            if address & -SIZE == apic.window:
                apic.memory_write(address, size, value)
            else:
                self._machine.windows.write(address, size, value)
        finally:
            self.cpu = None

    def memory_peek(self, cpu: int | None, address: int) -> int | None:
        """A read of device memory by a probe, without side effects. It may happen during another access."""
        if cpu is not None and address & -SIZE == self._machine.motherboard.apics[cpu].window:
            return self._machine.motherboard.apics[cpu].memory_peek(address, 8)
        before, self.cpu = self.cpu, cpu
        try:
            return self._machine.windows.peek(address, 8)
        finally:
            self.cpu = before

    def msr_read(self, cpu: int, number: int) -> int | None:
        """RDMSR of a register of the local APIC."""
        return apic_msrs.read(self._machine.motherboard.apics[cpu], number)

    def msr_write(self, cpu: int, number: int, value: int) -> bool:
        """WRMSR of such a register."""
        self.cpu = cpu
        try:
            return apic_msrs.write(self._machine.motherboard.apics[cpu], number, value)
        finally:
            self.cpu = None

    def time_stamp_written(self, cpu: int) -> None:
        """WRMSR of the time stamp counter."""
        self._machine.motherboard.apics[cpu].timer.time_stamp_changed()

    def acknowledge(self, cpu: int) -> int:
        """The interrupt acknowledge cycle."""
        return self._machine.motherboard.apics[cpu].acknowledge()

    def task_priority(self, cpu: int, value: int) -> None:
        """MOV to CR8."""
        self._machine.motherboard.apics[cpu].set_task_priority(value)
