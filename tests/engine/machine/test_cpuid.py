# SPDX-License-Identifier: GPL-2.0-or-later
"""CPUID names the CPU and the frequencies of its clocks, so that kernels need not calibrate (Intel SDM volume 2)."""

from __future__ import annotations

from typing import NamedTuple

from engine.machine.devices.apic_msrs import PHYSICAL_BITS
from engine.machine.devices.apic_timer import BUS_HZ
from tests.engine.machine.small_guest import RESULTS, running

LEAVES = (0, 1, 0x10, 0x15, 0x16, 0x40000000, 0x40000001, 0x40000010, 0x80000002, 0x80000003, 0x80000004, 0x80000008)
HYPERVISOR = 1 << 31
ABSENT = 1 << 3 | 1 << 26 | 1 << 28  # MONITOR, XSAVE, AVX
X2APIC, TSC_DEADLINE = 1 << 21, 1 << 24
ASK = """
    movl ${leaf:#x}, %eax
    xorl %ecx, %ecx
    cpuid
    movl %eax, {place:#x}
    movl %ebx, {place:#x} + 4
    movl %ecx, {place:#x} + 8
    movl %edx, {place:#x} + 12
"""


class Leaf(NamedTuple):
    """The registers after CPUID."""

    eax: int
    ebx: int
    ecx: int
    edx: int


def ask() -> tuple[dict[int, Leaf], int]:
    """What a guest reads in each leaf, and the true frequency of the time stamp counter."""
    source = "".join(ASK.format(leaf=leaf, place=RESULTS + 16 * n) for n, leaf in enumerate(LEAVES))
    with running(source + "1: hlt\n jmp 1b\n", 0.001) as machine:
        words = [machine.memory.read_int(RESULTS + 4 * n, 4) for n in range(4 * len(LEAVES))]
        return {leaf: Leaf(*words[4 * n : 4 * n + 4]) for n, leaf in enumerate(LEAVES)}, machine.tsc_hz


def test_it_names_the_cpu_and_its_frequencies() -> None:
    leaves, hz = ask()
    assert leaves[0].eax == 0x16
    assert leaves[1].ecx & HYPERVISOR
    assert not leaves[1].ecx & ABSENT
    assert leaves[1].ecx & (X2APIC | TSC_DEADLINE) == X2APIC | TSC_DEADLINE
    assert leaves[0x80000008].eax & 0xFF == PHYSICAL_BITS
    assert leaves[0x10] == (0, 0, 0, 0)
    ratio = leaves[0x15]
    assert ratio.ecx == BUS_HZ
    assert ratio.ecx * ratio.ebx == hz * ratio.eax
    assert leaves[0x16] == (hz // 10**6, hz // 10**6, BUS_HZ // 10**6, 0)
    assert leaves[0x40000000].eax == 0x40000010
    assert b"".join(word.to_bytes(4, "little") for word in leaves[0x40000000][1:]) == b"vptop".ljust(12, b"\0")
    assert leaves[0x40000001] == (0, 0, 0, 0)
    assert leaves[0x40000010] == (hz // 1000, BUS_HZ // 1000, 0, 0)
    brand = b"".join(word.to_bytes(4, "little") for n in (2, 3, 4) for word in leaves[0x80000000 + n])
    assert brand.rstrip(b"\0") == b"vptop virtual CPU @ 1.00GHz"


def test_the_same_leaf_asked_again_follows_the_local_apic_and_the_subleaf() -> None:
    """CPUID.1:EDX.APIC is the enable bit of IA32_APIC_BASE; leaf 7 ends at subleaf 0."""
    change = """
    movl $0x1b, %ecx
    rdmsr
    xorl $0x800, %eax
    wrmsr
    """
    leaves = [ASK.format(leaf=leaf, place=RESULTS + 16 * n) for n, leaf in enumerate((1, 1, 1, 7, 7))]
    leaves[4] = leaves[4].replace("xorl %ecx, %ecx", "movl $1, %ecx")
    with running(change.join(leaves[:3]) + "".join(leaves[3:]) + "1: hlt\n jmp 1b\n", 0.001) as machine:
        words = [machine.memory.read_int(RESULTS + 4 * n, 4) for n in range(20)]
    answers = [Leaf(*words[at : at + 4]) for at in range(0, 20, 4)]
    assert [answer.edx >> 9 & 1 for answer in answers[:3]] == [1, 0, 1]
    assert answers[3].ebx
    assert answers[4] == (0, 0, 0, 0)
