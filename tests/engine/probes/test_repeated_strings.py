# SPDX-License-Identifier: GPL-2.0-or-later
"""REP MOVS and REP STOS (Intel SDM volume 2, REP): many elements at once are the same as one after the other."""

from __future__ import annotations

import pytest

from tests.engine.probes.small import STOP, guest

AREA = 0x310000
FILL = bytes((7 * at + at // 256) & 0xFF for at in range(0x8000))
VALUE = 0x1122334455667788
EACH_ELEMENT = "(vprobe GUEST:<here> 0)"
"""A probe on the instruction has it done element by element."""
CASES = {
    "bytes": ("cld", "rep movsb", 1, 5000, 3, 0x4001),
    "words": ("cld", "rep movsw", 2, 3000, 2, 0x4001),
    "double words across pages": ("cld", "rep movsl", 4, 3000, 6, 0x4003),
    "quadwords": ("cld", "rep movsq", 8, 1024, 0, 0x4000),
    "quadwords across pages": ("cld", "rep movsq", 8, 1500, 4, 0x3FFD),
    "target one byte behind the source": ("cld", "rep movsb", 1, 5000, 0x100, 0x101),
    "target three bytes behind the source": ("cld", "rep movsq", 8, 900, 0x100, 0x103),
    "target before the source": ("cld", "rep movsq", 8, 900, 0x105, 0x100),
    "backwards": ("std", "rep movsq", 8, 500, 0x1FF8, 0x5FF8),
    "nothing": ("cld", "rep movsq", 8, 0, 0, 0x4000),
    "store bytes": ("cld", "rep stosb", 1, 5000, 0, 0x1003),
    "store quadwords": ("cld", "rep stosq", 8, 1500, 0, 0x1004),
    "store double words under REPNE": ("cld", "repne stosl", 4, 1500, 0, 0x1001),
}
"""By name: direction, instruction, width, count, and where source and target begin."""
Case = tuple[str, str, int, int, int, int]


def program(case: Case) -> str:
    direction, instruction, _, count, source, target = case
    return f"""
    movabsq ${VALUE}, %rax
    movl ${count}, %ecx
    movl ${AREA + source}, %esi
    movl ${AREA + target}, %edi
    {direction}
here: {instruction}
    cld
    movq %rsi, 0x300000
    movq %rdi, 0x300008
    movq %rcx, 0x300010
{STOP}"""


def expected(case: Case) -> tuple[bytes, tuple[int, ...]]:
    """Memory and registers after the instruction, element by element."""
    direction, instruction, width, count, source, target = case
    step, moves = -width if direction == "std" else width, "movs" in instruction
    memory, value = bytearray(FILL), VALUE.to_bytes(8, "little")[:width]
    for _ in range(count):
        memory[target : target + width] = memory[source : source + width] if moves else value
        source, target = source + moves * step, target + step
    return bytes(memory), (AREA + source, AREA + target, 0)


def run(case: Case, script: str = "") -> tuple[bytes, tuple[int, ...], tuple[int, ...], list[str]]:
    """Memory, registers, counters, and what a script printed."""
    with guest(program(case), script) as watched:
        watched.machine.memory.write(AREA, FILL)
        watched.run(0.002)
        counters = watched.machine.counters()
        memory = watched.machine.memory.read(AREA, len(FILL))
        registers = tuple(watched.result(n) for n in range(3))
        return memory, registers, (counters.ticks, counters.blocks, counters.halted_ticks), watched.lines


@pytest.mark.parametrize("name", CASES)
def test_memory_and_registers_are_those_of_single_elements(name: str) -> None:
    memory, registers, _, _ = run(CASES[name])
    assert (memory, registers) == expected(CASES[name])


def test_blocks_and_guest_time_are_those_of_single_elements() -> None:
    for name in ("double words across pages", "store quadwords"):
        assert run(CASES[name], EACH_ELEMENT) == run(CASES[name])


def test_what_is_due_comes_between_the_elements_of_its_time() -> None:
    due = '(vprobe USEC:1 (printf "%d %d\\n" RCX TSC))'
    at_once = run(CASES["bytes"], due)
    assert len({line.split()[0] for line in at_once[3]}) > 50
    assert run(CASES["bytes"], due + EACH_ELEMENT) == at_once


def test_a_watched_page_is_accessed_element_by_element() -> None:
    with guest(program(CASES["store bytes"]), f"(vprobe GUEST_WRITE:{AREA + 0x1100:#x} 0)") as watched:
        watched.run(0.002)
        assert watched.hits() == 1
