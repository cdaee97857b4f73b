# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of the exits to the monitor, by basic exit reason (Intel SDM volume 3, table C-1)."""

from __future__ import annotations

from collections.abc import Sequence

NAMES = {
    0: "exception or NMI",
    1: "external interrupt",
    2: "triple fault",
    10: "CPUID",
    12: "HLT",
    14: "INVLPG",
    15: "RDPMC",
    16: "RDTSC",
    28: "control register",
    30: "I/O instruction",
    31: "RDMSR",
    32: "WRMSR",
    36: "MWAIT",
    39: "MONITOR",
    40: "PAUSE",
    48: "EPT violation",
    51: "RDTSCP",
}
"""The reasons this machine exits for; what VMCS_EXIT_REASON reads."""


def exit_counts(exits: Sequence[int]) -> dict[str, int]:
    """How often the CPUs left the guest, by `REASON name`, for each reason that came up.

    Args:
        exits: counts by basic exit reason.
    """
    return {f"{reason} {NAMES[reason]}": count for reason, count in enumerate(exits) if count}
