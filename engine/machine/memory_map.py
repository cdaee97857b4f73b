# SPDX-License-Identifier: GPL-2.0-or-later
"""Which physical addresses are RAM, as boot loaders tell kernels (ACPI specification 2.0, table 14-1)."""

from __future__ import annotations

from typing import NamedTuple

CONVENTIONAL_END = 0x9FC00
"""Conventional memory ends here; above it is the extended BIOS data area."""
EXTENDED = 1 << 20
"""RAM goes on here, above video memory and BIOS."""
USABLE, RESERVED = 1, 2


class Region(NamedTuple):
    """A range of addresses."""

    base: int
    size: int
    kind: int
    """USABLE or RESERVED"""


def memory_map(ram_bytes: int) -> tuple[Region, ...]:
    """The map of a machine with so much RAM, in ascending order."""
    return (
        Region(0, CONVENTIONAL_END, USABLE),
        Region(CONVENTIONAL_END, 0x400, RESERVED),
        Region(0xE0000, 0x20000, RESERVED),
        Region(EXTENDED, ram_bytes - EXTENDED, USABLE),
        Region(0xFEC00000, 0x400000, RESERVED),
    )
