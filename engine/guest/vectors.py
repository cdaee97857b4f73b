# SPDX-License-Identifier: GPL-2.0-or-later
"""What interrupt vectors are for, where the guest's kernel does not say."""

from __future__ import annotations

PC_LINES = {
    32: "timer",
    33: "keyboard",
    35: "serial 2",
    36: "serial",
    38: "floppy",
    40: "clock",
    41: "acpi",
    43: "network",
    44: "mouse",
    46: "disk",
    47: "disk 2",
}
"""Interrupt lines of this PC by vector, when the 8259 pair is programmed to 0x20-0x2f as kernels commonly do."""
