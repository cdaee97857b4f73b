# SPDX-License-Identifier: GPL-2.0-or-later
"""Traces of device accesses, for work on device models.

The environment variable VPTOP_TRACE holds words, separated by commas: `ports` traces IN and OUT, `mmio` loads and
stores of device memory (`vp` is for engine.probes.trace). Each access is a line on standard error; of a VM process that
is `vm.log` in its directory:

    1.000123456 s  cpu 0  rip 0xffffffff80101234  in   0x01f7  1 byte   = 0x50

Guest time is exact; a machine that is not traced pays nothing.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO

from engine.core.variables import Variable
from engine.machine.access import DeviceAccess

if TYPE_CHECKING:
    from engine.machine.machine import Machine

VARIABLE = "VPTOP_TRACE"
PORTS, MMIO = "ports", "mmio"


def words(environment: str | None = None) -> frozenset[str]:
    """What VPTOP_TRACE asks for."""
    text = os.environ.get(VARIABLE, "") if environment is None else environment
    return frozenset(word.strip() for word in text.split(",")) - {""}


class TracedAccess(DeviceAccess):
    """Writes a line for each access of the kinds asked for."""

    def __init__(self, machine: Machine, kinds: frozenset[str], out: TextIO | None = None) -> None:
        super().__init__(machine)
        self._kinds = kinds
        self._out = out

    def _tell(self, kind: str, cpu: int, what: str, address: int, size: int, value: int) -> None:
        if kind not in self._kinds:
            return
        machine = self._machine
        rip = machine.cpus[cpu].variable(Variable.RIP)
        digits = 4 if kind == PORTS else 9
        print(
            f"{machine.seconds:.9f} s  cpu {cpu}  rip {rip:#x}  {what:5} {address:#0{digits + 2}x}  "
            f"{size} byte{'s' if size > 1 else ' '} = {value:#x}",
            file=self._out or sys.stderr,
        )

    def port_in(self, cpu: int, port: int, size: int) -> int:
        """IN."""
        value = super().port_in(cpu, port, size)
        self._tell(PORTS, cpu, "in", port, size, value)
        return value

    def port_out(self, cpu: int, port: int, size: int, value: int) -> None:
        """OUT."""
        self._tell(PORTS, cpu, "out", port, size, value)
        super().port_out(cpu, port, size, value)

    def memory_read(self, cpu: int, address: int, size: int) -> int:
        """A load from device memory."""
        value = super().memory_read(cpu, address, size)
        self._tell(MMIO, cpu, "load", address, size, value)
        return value

    def memory_write(self, cpu: int, address: int, size: int, value: int) -> None:
        """A store to device memory."""
        self._tell(MMIO, cpu, "store", address, size, value)
        super().memory_write(cpu, address, size, value)


def device_access(machine: Machine) -> DeviceAccess:
    """The way from a machine's CPUs to its devices, traced when VPTOP_TRACE asks for it."""
    kinds = words() & {PORTS, MMIO}
    return TracedAccess(machine, kinds) if kinds else DeviceAccess(machine)
