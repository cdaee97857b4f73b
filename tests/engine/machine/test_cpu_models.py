# SPDX-License-Identifier: GPL-2.0-or-later
"""CPU models: each feature that CPUID reports works (Intel SDM volumes 1 to 3); others are absent."""

from __future__ import annotations

from typing import NamedTuple, get_args

import pytest

from engine.machine.choices import Vendor
from engine.machine.config import MachineConfig
from engine.machine.cpu_models import DEFAULT, FEATURES, MODELS, WORDS, Signature
from engine.machine.machine import Machine
from tests.engine.machine.small_guest import LOAD, assemble
from tests.engine.machine.test_cpuid import ASK

UD, GP, PF = 6, 13, 14
BASE = 0x0000_1234_5678_9000
PAGE, OTHER, AREA = 0x312000, 0x512000, 0x330000
TABLE = 0xA000
PROLOGUE = """
    gate 6, undefined
    gate 13, protected
    gate 14, fault
    jmp begin
undefined:                      /* note vector and error code, go on at R15 */
    movq $6, 0x9000
    jmp 2f
protected:
    movq $13, 0x9000
    jmp 1f
fault:
    movq $14, 0x9000
1:  popq 0x9008
2:  movq %r15, (%rsp)
    iretq
begin:
    movq $end, %r15
    xorl %ebx, %ebx
"""
END = """
end:
    movq %rbx, 0x9010
1:  hlt
    jmp 1b
"""
PAGES = f"""
    movl $0x200003, %eax        /* 2 to 4 MiB in pages of 4 KiB, one of which ring 3 may use */
    movl ${TABLE}, %edi
    movl $512, %ecx
1:  movq %rax, (%rdi)
    addl $0x1000, %eax
    addl $8, %edi
    loop 1b
    orq $4, {TABLE + (PAGE - 0x200000) // 0x1000 * 8:#x}
    movq ${TABLE | 7:#x}, 0x3008
    orq $4, 0x2000
    orq $4, 0x1000
    movq %cr3, %rax
    movq %rax, %cr3
"""


def set_cr4(bit: int) -> str:
    return f"movq %cr4, %rax\n btsq ${bit}, %rax\n movq %rax, %cr4\n"


class Case(NamedTuple):
    """What a guest does, and what it finds: vector and error code of an exception, or 0; RBX at the end."""

    code: str
    found: tuple[int, int, int]
    without: int | None
    """the exception on a CPU that lacks the feature; None: the translator has it on every CPU"""


CASES = {
    "fsgsbase": Case(f"{set_cr4(16)} movabsq ${BASE}, %rax\n wrgsbase %rax\n rdgsbase %rbx", (0, 0, BASE), GP),
    "smep": Case(f"{PAGES} movb $0xc3, {PAGE}\n {set_cr4(20)} movl ${PAGE}, %eax\n call *%rax", (PF, 0x11, 0), GP),
    "smap": Case(
        f"{PAGES} {set_cr4(21)} stac\n movl {PAGE}, %eax\n clac\n movl $1, %ebx\n movl {PAGE}, %eax\n stac",
        (PF, 1, 1),
        GP,
    ),
    "adx": Case("movl $5, %eax\n movl $7, %ebx\n stc\n adcxl %eax, %ebx\n adoxl %eax, %ebx", (0, 0, 18), UD),
    "bmi1": Case("movl $0xf0, %eax\n movl $0x3c, %ecx\n andnl %ecx, %eax, %ebx", (0, 0, 0x0C), UD),
    "bmi2": Case("movl $0xff00, %eax\n movl $8, %ecx\n shrxl %ecx, %eax, %ebx", (0, 0, 0xFF), UD),
    "movbe": Case(f"movl $0x11223344, {PAGE}\n movbe {PAGE}, %ebx", (0, 0, 0x44332211), UD),
    "popcnt": Case("movl $0xf0f, %eax\n popcnt %eax, %ebx", (0, 0, 8), UD),
    "aes": Case("pxor %xmm0, %xmm0\n aesimc %xmm0, %xmm1\n movq %xmm1, %rbx", (0, 0, 0), UD),
    "pclmulqdq": Case(
        "movl $3, %eax\n movq %rax, %xmm0\n pclmulqdq $0, %xmm0, %xmm0\n movq %xmm0, %rbx", (0, 0, 5), UD
    ),
    "clflushopt": Case(f"clflushopt {PAGE}\n movl $1, %ebx", (0, 0, 1), UD),
    "clwb": Case(f"clwb {PAGE}\n movl $1, %ebx", (0, 0, 1), UD),
    "tsc_adjust": Case(
        "movl $0x3b, %ecx\n movl $5, %eax\n xorl %edx, %edx\n wrmsr\n xorl %eax, %eax\n rdmsr\n movl %eax, %ebx",
        (0, 0, 5),
        GP,
    ),
    "rdtscp": Case("rdtscp\n movl $1, %ebx", (0, 0, 1), UD),
    "pdpe1gb": Case(f"movl $77, {PAGE}\n movq $0x83, 0x2008\n movl {0x40000000 + PAGE:#x}, %ebx", (0, 0, 77), None),
    "pcid": Case(
        f"{set_cr4(17)} movabsq $0x8000000000001005, %rax\n movq %rax, %cr3\n movq %cr3, %rbx\n {set_cr4(17)}",
        (0, 0, 0x1005),
        GP,
    ),
    "invpcid": Case(
        f"""
    movq $0x400083, 0x3010
    movl $77, {PAGE}
    movl $78, {OTHER}
    movq $0, {AREA}
    movq $0, {AREA + 8}
    movq $0x400083, 0x3008      /* the page becomes the other */
    movq $0, {OTHER - PAGE + AREA}
    movl $2, %eax
    invpcid {OTHER - PAGE + AREA}, %rax
    movl {PAGE}, %ebx""",
        (0, 0, 78),
        UD,
    ),
}  # fmt: skip
REFUSED = {
    "invpcid of a reserved bit": f"movq $0x1000, {AREA}\n movl $2, %eax\n invpcid {AREA}, %rax",
    "invpcid of an unknown type": f"movq $0, {AREA}\n movl $4, %eax\n invpcid {AREA}, %rax",
    "invpcid of a PCID without CR4.PCIDE": f"movq $1, {AREA}\n movl $1, %eax\n invpcid {AREA}, %rax",
    "CR4.PCIDE with a PCID in CR3": f"movl $0x1001, %eax\n movq %rax, %cr3\n {set_cr4(17)}",
    "CR3 bit 63 without CR4.PCIDE": "movabsq $0x8000000000001000, %rax\n movq %rax, %cr3",
}


def run(code: str, model: str, vendor: Vendor = "intel") -> tuple[int, ...]:
    """What a guest finds on a model."""
    with Machine(None, MachineConfig(cpu=model, vendor=vendor)) as machine:
        machine.memory.write(LOAD, assemble(PROLOGUE + code + END))
        machine.run_seconds(0.001)
        return tuple(machine.memory.read_int(0x9000 + 8 * n, 8) for n in range(3))


@pytest.mark.parametrize("name", CASES)
def test_a_feature_works_where_it_is_reported_and_nowhere_else(name: str) -> None:
    case = CASES[name]
    for model in MODELS.values():
        found = run(case.code, model.name)
        if name in model.features:
            assert found == case.found, model.name
        elif case.without is not None:
            assert found[0] == case.without, model.name


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_feature_refuses(name: str) -> None:
    assert run(REFUSED[name], DEFAULT)[0] == GP


LEAVES = (0, 1, 7, 0x80000001, 0x80000007, 0x80000008, 0x80000021, 0x80000002, 0x80000003, 0x80000004)


def ask(model: str, vendor: Vendor) -> dict[int, list[int]]:
    """Leaves of CPUID as a guest reads them."""
    code = "".join(ASK.format(leaf=leaf, place=0x9100 + 16 * n) for n, leaf in enumerate(LEAVES))
    with Machine(None, MachineConfig(cpu=model, vendor=vendor)) as machine:
        machine.memory.write(LOAD, assemble(PROLOGUE + code + END))
        machine.run_seconds(0.001)
        return {
            leaf: [machine.memory.read_int(0x9100 + 16 * n + 4 * k, 4) for k in range(4)]
            for n, leaf in enumerate(LEAVES)
        }


@pytest.mark.parametrize("vendor", get_args(Vendor))
@pytest.mark.parametrize("name", MODELS)
def test_cpuid_reports_what_the_model_says(name: str, vendor: Vendor) -> None:
    model, leaves = MODELS[name], ask(name, vendor)
    text = b"".join(leaves[0][register].to_bytes(4, "little") for register in (1, 3, 2))
    assert text == {"intel": b"GenuineIntel", "amd": b"AuthenticAMD"}[vendor]
    assert leaves[1][0] == model.signatures[vendor].eax
    one, seven, extended = leaves[1], leaves[7], leaves[0x80000001]
    words = [one[3], one[2], *seven[1:], 0, extended[3], extended[2], leaves[0x80000007][3], leaves[0x80000008][1]]
    words += leaves[0x80000021][0:3:2] if vendor == "amd" else [0, 0]
    assert [*map(hex, words)] == [*map(hex, model.words(vendor))]
    brand = b"".join(word.to_bytes(4, "little") for leaf in LEAVES[-3:] for word in leaves[leaf]).rstrip(b"\0")
    assert brand.startswith(b"vptop virtual CPU")
    assert name == DEFAULT or name.encode() in brand


def test_weaknesses_of_speculation_are_denied_by_the_default_model_alone() -> None:
    read = "movl $0x10a, %ecx\n rdmsr\n movl $1, %ebx"
    assert run(read, DEFAULT) == (0, 0, 1)
    assert run(read, "haswell")[0] == GP
    assert run(read, DEFAULT, "amd")[0] == GP


def test_features_have_places_of_their_own() -> None:
    assert len(set(FEATURES.values())) == len(FEATURES)
    assert all(word < WORDS and bit < 32 for word, bit in FEATURES.values())
    assert all(model.features <= FEATURES.keys() for model in MODELS.values())


def test_a_signature_has_the_form_of_leaf_1() -> None:
    """Intel SDM volume 2, figure 3-6: a Haswell, and a Zen 5."""
    assert Signature(6, 60, 3).eax == 0x306C3
    assert Signature(26, 2, 1).eax == 0xB00F21
