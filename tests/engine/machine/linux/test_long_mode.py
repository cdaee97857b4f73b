# SPDX-License-Identifier: GPL-2.0-or-later
"""The way into long mode: pages, segments and registers at the entry."""

from __future__ import annotations

from engine.core.registers import Register
from engine.core.variables import Variable
from engine.machine.config import MIB, MachineConfig
from engine.machine.linux import long_mode
from engine.machine.machine import Machine

ENTRY = 0x200000
HALT = b"\xf4\xeb\xfd"


def test_the_cpu_gets_to_the_entry_with_its_argument() -> None:
    with Machine(None, MachineConfig(ram_bytes=4 * MIB)) as machine:
        machine.memory.write(ENTRY, HALT)
        long_mode.enter(machine.memory, machine.cpus[0], ENTRY, 0x12345678)
        machine.run_seconds(0.001)
        cpu = machine.cpus[0]
        assert machine.halted(0)
        assert cpu[Register.RIP] == ENTRY + 1
        assert cpu[Register.RSI] == 0x12345678
        assert cpu.variable(Variable.CR0) & 0x80000001 == 0x80000001
        assert cpu.variable(Variable.EFER) & 0x500 == 0x500
        assert cpu.variable(Variable.CS) == 0x10


def test_four_gib_are_mapped_to_themselves() -> None:
    with Machine(None, MachineConfig(ram_bytes=4 * MIB)) as machine:
        code = b"\xb8\x00\x00\xe0\xfe\x8b\x00\xa3" + (0x300000).to_bytes(8, "little") + HALT  # local APIC's ID register
        machine.memory.write(ENTRY, code)
        long_mode.enter(machine.memory, machine.cpus[0], ENTRY, 0)
        machine.memory.write_int(0x300000, 4, 0x55555555)
        machine.run_seconds(0.001)
        assert machine.memory.read_int(0x300000, 4) == 0
