# SPDX-License-Identifier: GPL-2.0-or-later
"""The probe points this machine really fires."""

from __future__ import annotations

from engine.core.points import FAULTS, Point

AVAILABLE = frozenset(
    {
        Point.VMM1HZ,
        Point.VMM10HZ,
        Point.VMX1HZ,
        Point.USEC,
        Point.GUEST_IRQ,
        Point.GUEST_TRIPLE_FAULT,
        Point.IN,
        Point.OUT,
        Point.DISK_IO_START,
        Point.DISK_IO_FINISH,
        Point.VMM_LOAD,
        Point.VMM_UNLOAD,
        Point.VMX_LOAD,
        Point.VMX_UNLOAD,
        Point.GUEST_EXEC,
        *(Point.FAULT0 + vector for vector in range(FAULTS)),
    }
)
"""Numbers of engine.core.points; scripts that name another point are told that it is not there yet."""
