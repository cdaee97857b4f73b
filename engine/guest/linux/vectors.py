# SPDX-License-Identifier: GPL-2.0-or-later
"""The vectors that Linux on x86 keeps for itself (arch/x86/include/asm/irq_vectors.h).

Those of devices are given out while it runs, so they have no names.
"""

from __future__ import annotations

SYSTEM = {
    0x80: "int80",
    0xEC: "lapic",
    0xF4: "deferred",
    0xF6: "irq work",
    0xF7: "platform",
    0xF8: "reboot",
    0xF9: "threshold",
    0xFA: "thermal",
    0xFB: "call one",
    0xFC: "call",
    0xFD: "reschedule",
    0xFE: "apic error",
    0xFF: "spurious",
}
"""Of all kernels since 4.15; `lapic` is the timer of the local APIC, LOC in /proc/interrupts."""
