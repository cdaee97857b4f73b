# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine that a script looks at: registers, memory, time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.engine.vp.oracle.memory import CR0_PG, EFER_LMA, Memory

_SCALARS = """
RIP RAX RBX RCX RDX RSI RDI RSP RBP R8 R9 R10 R11 R12 R13 R14 R15 RFLAGS GDTRBASE GDTRLIMIT IDTRBASE IDTRLIMIT
CR0 CR2 CR3 CR4 CR8 DR6 DR7 EFER KERNELGSBASE APIC_BASEPA SMM VCPUID VMCS_EXIT_REASON VMCS_INTR_INFO VMCS_INTR_ERR
VMCS_IDTVEC_INFO VMCS_IDTVEC_ERR VMCS_INSTRLEN VMCS_VMENTRY_INTR_INFO VMCS_VMENTRYXCP_ERR VMCS_EXIT_QUAL VMCB_EXITCODE
VMCS_INSTR_INFO HVSTATE VMCB_EXITINFO1 VMCB_EXITINFO2 VMCB_EXITINTINFO VMCB_EVENTINJ VMCB_TLBCTL VMCB_VAPIC
"""
_SEGMENTS = ("CS", "SS", "DS", "ES", "FS", "GS", "TR", "LDTR")
PER_VCPU = frozenset(_SCALARS.split()) | {
    segment + part for segment in _SEGMENTS for part in ("", "AR", "BASE", "LIMIT")
}
"""Variables of scope per-VCPU (manual, tables 2-2 to 2-5): not there on a non-VCPU thread (p. 30)."""

GLOBAL = frozenset({"TSC", "TSC_HZ", "PCPUID", "THREADID", "NUMVCPUS", "BRCNT", "ISVMM", "WORLDID"})
"""Variables of another scope (table 2-3)."""

CS_LONG, CS_DEFAULT = 1 << 13, 1 << 14
_TOP_TABLE = 0x1000


@dataclass
class World:
    """What one firing sees. Registers that are not named are 0."""

    registers: Mapping[str, int] = field(default_factory=dict)
    ram: bytes | bytearray | memoryview = b""
    system_time: int = 0

    @property
    def memory(self) -> Memory:
        """Guest memory through the page tables of these registers."""
        return Memory(self.ram, self.registers)

    @property
    def word_bytes(self) -> int:
        """Width of the code that runs (Intel SDM volume 3A, 3.4.5: L and D flags of the code segment)."""
        rights = self.registers.get("CSAR", 0)
        if rights & CS_LONG and self.registers.get("EFER", 0) & EFER_LMA:
            return 8
        return 4 if rights & CS_DEFAULT else 2


def long_mode(ram: bytearray, mappings: Mapping[int, int]) -> dict[str, int]:
    """Build four-level page tables for 4 KiB pages {linear: physical} in RAM; returns the control registers.

    The tables take pages from 0x1000 on, as many as the mappings need.
    """
    free = _TOP_TABLE + 0x1000
    for linear, physical in mappings.items():
        table = _TOP_TABLE
        for shift in (39, 30, 21):
            slot = table + (linear >> shift & 511) * 8
            entry = int.from_bytes(ram[slot : slot + 8], "little")
            if not entry:
                entry, free = free | 7, free + 0x1000
                ram[slot : slot + 8] = entry.to_bytes(8, "little")
            table = entry & ~0xFFF
        slot = table + (linear >> 12 & 511) * 8
        ram[slot : slot + 8] = (physical | 7).to_bytes(8, "little")
    return {"CR0": CR0_PG | 0x11, "CR3": _TOP_TABLE, "CR4": 0x20, "EFER": EFER_LMA | 0x100, "CSAR": 0xA09B}
