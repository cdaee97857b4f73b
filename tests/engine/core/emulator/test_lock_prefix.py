# SPDX-License-Identifier: GPL-2.0-or-later
"""LOCK where it is allowed and where it is #UD (Intel SDM volume 2, "LOCK")."""

from __future__ import annotations

import pytest

from engine.core.registers import Register
from tests.engine.machine.protected_guest import HALT, RESULTS, caught, started

UD = 6
HERE, MEMORY = 0x200000, 0x9800
GUEST = f"guest:\n movl ${MEMORY}, %ebx\n movl $3, %eax\n movl $5, %ecx\n jmp *%esi\n{HALT}"
NOP, HLT = b"\x90", b"\xf4"

REFUSED = {
    "bts %eax, %ecx": "f0 0f ab c1",
    "btr $1, %ecx": "f0 0f ba f1 01",
    "btc %eax, %ecx, behind another prefix": "f0 66 0f bb c1",
    "bt %eax, (%ebx)": "f0 0f a3 03",
    "mov %eax, (%ebx)": "f0 89 03",
    "mov (%ebx), %eax": "f0 8b 03",
    "add (%ebx), %eax": "f0 03 03",
    "add %eax, %ecx": "f0 01 c1",
    "cmp $1, (%ebx)": "f0 83 3b 01",
    "nop": "f0 90",
    "test %eax, (%ebx)": "f0 85 03",
}
ALLOWED = {
    "bts %eax, (%ebx)": ("f0 0f ab 03", 9),
    "btc $1, (%ebx)": ("f0 0f ba 3b 01", 3),
    "add %eax, (%ebx)": ("f0 01 03", 4),
    "incw (%ebx)": ("f0 66 ff 03", 2),
    "notl (%ebx)": ("f0 f7 13", 0xFFFFFFFE),
    "xadd %eax, (%ebx)": ("f0 0f c1 03", 4),
    "xchg %eax, (%ebx)": ("f0 87 03", 3),
    "add $0xf0, (%ebx), without LOCK": ("81 03 f0 00 00 00", 0xF1),
}


def after(code: bytes) -> tuple[int, int, int]:
    """The vector and address of what an instruction, behind three NOPs, raised, and what it left in memory."""
    with started(GUEST) as machine:
        machine.memory.write_int(MEMORY, 4, 1)
        machine.memory.write(HERE, 3 * NOP + code + HLT)
        machine.memory.write_int(RESULTS, 4, 0xFF)
        machine.cpus[0].enter_protected_mode(0x7C00, {Register.RSI: HERE})
        machine.run_seconds(0.0001)
        found = caught(machine)
        return found.vector, found.eip, machine.memory.read_int(MEMORY, 4)


@pytest.mark.parametrize("code", REFUSED.values(), ids=REFUSED)
def test_elsewhere_it_is_an_invalid_opcode(code: str) -> None:
    assert after(bytes.fromhex(code)) == (UD, HERE + 3, 1)


@pytest.mark.parametrize(("code", "left"), ALLOWED.values(), ids=ALLOWED)
def test_a_destination_in_memory_may_be_locked(code: str, left: int) -> None:
    assert after(bytes.fromhex(code)) == (0xFF, 0, left)
