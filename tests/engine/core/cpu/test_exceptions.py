# SPDX-License-Identifier: GPL-2.0-or-later
"""Exceptions where QEMU would end the process or the run; what happens instead comes from the Intel SDM, volume 3."""

from __future__ import annotations

import random

import pytest

from engine.machine.config import MachineConfig
from engine.machine.machine import Machine
from tests.engine.machine import protected_guest
from tests.engine.machine.protected_guest import HALT, assemble, caught_by, started

UD, DF, TS = 6, 8, 10
USER, KERNEL = 0x1B, 0x08

FAULT_WITHOUT_TASK_REGISTER = (
    """
guest:
    movl $STACK, 4              /* TR at reset: base 0, limit FFFFH (SDM table 10-1); ESP0 and SS0 (figure 8-2) */
    movl ${stack_segment}, 8
    enter_user 0x2
user:
    ud2
"""
    + HALT
)
TASK_REGISTER_FLAGS = slice(0x174, 0x178)
"""in the state of the CPU; without any it is unusable"""


def counts(machine: Machine) -> dict[int, int]:
    """How often each exception that happened was raised."""
    return {vector: count for vector, count in enumerate(machine.counters().exceptions) if count}


def test_a_fault_in_ring_3_takes_its_stack_from_the_task_register_of_reset() -> None:
    found = caught_by(FAULT_WITHOUT_TASK_REGISTER.replace("{stack_segment}", "KERNEL_DATA"))
    assert (found.vector, found.cs, found.times) == (UD, USER, 1)


@pytest.mark.parametrize(("stack_segment", "usable"), [("0", True), ("KERNEL_DATA", False)])
def test_without_a_stack_a_fault_becomes_a_triple_fault(stack_segment: str, usable: bool) -> None:
    """#UD cannot be delivered: #TS (6.15). In its delivery #TS is #DF (table 6-5), and then shutdown."""
    with started(FAULT_WITHOUT_TASK_REGISTER.replace("{stack_segment}", stack_segment)) as machine:
        if not usable:
            machine.core.environment()[TASK_REGISTER_FLAGS] = bytes(4)
        machine.run_seconds(0.0005)
        assert counts(machine) == {UD: 1, TS: 1, DF: 1}
        assert machine.reboots == 1


@pytest.mark.parametrize("address", [0x1000_0000, 0xC000_0000, 0xFEC0_0000, 0xFFFF_0000], ids=hex)
def test_code_is_fetched_as_ff_where_there_is_no_ram(address: int) -> None:
    """FF FF is no instruction (SDM volume 2, table A-6: group 5 has no /7)."""
    found = caught_by(f"guest:\n movl ${address:#x}, %eax\n jmp *%eax\n{HALT}")
    assert found[:5] == (UD, 0, address, KERNEL, 1)


@pytest.mark.parametrize("last", ["", "0xb8", "0x0f"], ids=["none", "half a MOV", "half an opcode"])
def test_code_that_runs_past_the_end_of_ram_is_executed_up_to_there(last: str) -> None:
    end = MachineConfig().ram_bytes
    code = ["0x40"] * 20 + [last] * bool(last)  # inc %eax
    stores = "".join(f" movb ${byte}, {end - len(code) + at:#x}\n" for at, byte in enumerate(code))
    with started(f"guest:\n{stores} movl ${end - len(code)}, %eax\n jmp *%eax\n{HALT}") as machine:
        machine.run_seconds(0.01)
        found = protected_guest.caught(machine)
    assert found[:5] == (UD, 0, end - bool(last), KERNEL, 1)


def test_a_handler_where_there_is_no_ram_takes_guest_time() -> None:
    """Every fetch ends in the next fault, until the stack meets the handler of nothing at all."""
    source = "guest:\n movl $0x8e00, 0x6034\n movw $0xf000, 0x6036\n movw $0, 0x6030\n ud2\n" + HALT
    with started(source) as machine:
        machine.run_seconds(0.001)
        assert machine.seconds >= 0.001
        assert counts(machine)[UD] > 100


RING_3 = """
guest:
    movw $TASK, %ax
    ltr %ax
caught:
    movl $STACK, %esp
    enter_user 0x202
user:
    jmp 0x100000
"""
RING_0 = "guest:\ncaught:\n jmp 0x100000\n"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("source", [RING_3, RING_0], ids=["ring 3", "ring 0"])
def test_random_instructions_end_no_process_and_repeat(source: str, seed: int) -> None:
    """Two machines that execute the same random bytes go the same way."""

    def outcome() -> tuple[object, ...]:
        with Machine(config=MachineConfig(ram_bytes=16 << 20)) as made:
            made.memory.write(protected_guest.LOAD, assemble(source))
            made.memory.write(0x100000, random.Random(seed).randbytes(0x10000))
            made.cpus[0].enter_protected_mode(protected_guest.LOAD, {})
            made.run_seconds(0.001)
            return made.counters(), bytes(made.core.environment()[:0x90]), made.reboots

    assert outcome() == outcome()
