# SPDX-License-Identifier: GPL-2.0-or-later
"""The CPUs of a machine, as Python drives them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.core.binding import CoreError
from engine.core.registers import Register
from engine.core.variables import Variable
from engine.machine import cpu as module
from engine.machine.config import MachineConfig
from engine.machine.machine import Machine
from tests.engine.machine.real_mode_guest import boot_sector


@pytest.fixture
def machine() -> Iterator[Machine]:
    with Machine(boot_sector("1: jmp 1b"), MachineConfig(cpus=2)) as made:
        yield made


def test_registers_are_read_and_written_by_cpu(machine: Machine) -> None:
    first, second = machine.cpus
    first[Register.RBX], second[Register.RBX] = 0x1111, 0x2222
    assert (first[Register.RBX], second[Register.RBX]) == (0x1111, 0x2222)
    assert first.variable(Variable.RBX) == 0x1111


def test_cpuid_is_each_cpu_s_own(machine: Machine) -> None:
    """Its initial APIC ID is in bits 24 to 31 of EBX in leaf 1."""
    assert [cpu.identity(1)[1] >> 24 for cpu in machine.cpus] == [0, 1]
    assert machine.cpus[0].identity(1)[0] == machine.cpus[1].identity(1)[0] != 0


def test_real_mode_has_segments_of_16_bytes(machine: Machine) -> None:
    machine.cpus[0].enter_real_mode(0x1234, 0x10, stack=0x7000)
    read = machine.cpus[0].variable
    assert (read(Variable.CS), read(Variable.CSBASE), read(Variable.RIP)) == (0x1234, 0x12340, 0x10)
    assert (read(Variable.RSP), read(Variable.CR0) & 1, read(Variable.IDTRLIMIT)) == (0x7000, 0, 0x3FF)


def test_protected_mode_is_flat_with_interrupts_off(machine: Machine) -> None:
    machine.cpus[0].enter_protected_mode(0x100000, {Register.RAX: 0x2BADB002})
    read = machine.cpus[0].variable
    assert (read(Variable.RIP), read(Variable.RAX), read(Variable.CR0) & 1) == (0x100000, 0x2BADB002, 1)
    assert (read(Variable.CSBASE), read(Variable.CSLIMIT), read(Variable.RFLAGS) & 0x200) == (0, 0xFFFFFFFF, 0)


def test_what_a_device_raises_ends_the_run() -> None:
    class Broken:
        def port_read(self, port: int, size: int) -> int:
            raise ZeroDivisionError(f"port {port:#x}, {size} byte")

        def port_write(self, port: int, size: int, value: int) -> None:
            del port, size, value

    with Machine(boot_sector("movw $0x5000, %dx\n inb %dx, %al\n1: jmp 1b")) as machine:
        machine.ports.claim(Broken(), 0x5000, 1)
        with pytest.raises(ZeroDivisionError, match="port 0x5000, 1 byte"):
            machine.run_seconds(0.001)
        assert machine.counters().port_reads >= 1


def test_without_its_library_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(CoreError, match="unicorn package is not installed"):
        module.unicorn_library()
