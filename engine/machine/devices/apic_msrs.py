# SPDX-License-Identifier: GPL-2.0-or-later
"""A local APIC by model-specific registers: IA32_APIC_BASE, the timer's deadline, and every register in x2APIC mode
(Intel SDM volume 3, 10.4.4, 10.5.4.1 and 10.12; references are to its sections).
"""

from __future__ import annotations

from engine.machine.devices.local_apic import (
    BOOTSTRAP,
    ENABLED,
    EXTENDED,
    ICR,
    ICR_WRITABLE,
    LVT_WRITABLE,
    SIZE,
    SVR,
    SVR_WRITABLE,
    LocalApic,
)

APIC_BASE, TSC_DEADLINE = 0x1B, 0x6E0
X2APIC = range(0x800, 0x900)
PHYSICAL_BITS = 40
"""of an address, as CPUID says (leaf 0x80000008)"""
_BASE_WRITABLE = (1 << PHYSICAL_BITS) - SIZE | ENABLED | EXTENDED | BOOTSTRAP
_ICR_MSR, _SELF_IPI = 0x830, 0x83F
_SELF = 1 << 18
_READ_ONLY_BITS = 1 << 12 | 1 << 14
"""Delivery status and remote IRR of LVT entries."""
_READABLE = frozenset(
    {0x802, 0x803, 0x808, 0x80A, 0x80D, 0x80F, *range(0x810, 0x829), _ICR_MSR, 0x838, 0x839, 0x83E}
    | {0x800 + (entry >> 4) for entry in LVT_WRITABLE}
)
"""Registers that exist and may be read (table 10-6)."""
_WRITABLE = {
    0x808: 0xFF,  # TPR
    0x80B: 0,  # EOI
    0x800 + (SVR >> 4): SVR_WRITABLE,
    0x828: 0,  # ESR
    _ICR_MSR: 0xFFFFFFFF << 32 | ICR_WRITABLE,
    0x838: 0xFFFFFFFF,  # initial count
    0x83E: 0xB,  # divide configuration
    _SELF_IPI: 0xFF,
} | {0x800 + (entry >> 4): mask | _READ_ONLY_BITS for entry, mask in LVT_WRITABLE.items()}
"""The bits that may be set, of registers that may be written."""
_OTHER_MODES = {0: (0, ENABLED), ENABLED: (0, ENABLED, ENABLED | EXTENDED), ENABLED | EXTENDED: (0, ENABLED | EXTENDED)}
"""Which modes follow which (figure 10-27), by the two bits of IA32_APIC_BASE."""


def read(apic: LocalApic, number: int) -> int | None:
    """RDMSR; None where it faults."""
    if number == APIC_BASE:
        return apic.base
    if number == TSC_DEADLINE:
        return apic.timer.deadline
    if not apic.extended or number not in _READABLE:
        return None
    high = apic.get(ICR + 0x10) << 32 if number == _ICR_MSR else 0
    return high | apic.get((number - X2APIC.start) << 4)


def write(apic: LocalApic, number: int, value: int) -> bool:
    """WRMSR; False where it faults, and then nothing has changed."""
    if number == APIC_BASE:
        return _write_base(apic, value)
    if number == TSC_DEADLINE:
        apic.timer.set_deadline(value)
        return True
    if not apic.extended or number not in _WRITABLE or value & ~_WRITABLE[number]:
        return False
    if number == _SELF_IPI:
        apic.send(_SELF | value, 0)
        return True
    if number == _ICR_MSR:
        apic.put(ICR + 0x10, value >> 32)
    apic.put((number - X2APIC.start) << 4, value & 0xFFFFFFFF)
    return True


def _write_base(apic: LocalApic, value: int) -> bool:
    modes = ENABLED | EXTENDED
    if value & ~_BASE_WRITABLE or value & modes not in _OTHER_MODES[apic.base & modes]:
        return False
    apic.change_base(value)
    return True
