# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtual PC on Unicorn. Knows no VP."""

from __future__ import annotations

from engine.core.points import FAULTS, Point

FAULT_POINTS: frozenset[int] = frozenset(Point.FAULT0 + vector for vector in range(FAULTS))
AVAILABLE: frozenset[int] = FAULT_POINTS | {
    Point.VMM1HZ,
    Point.VMM10HZ,
    Point.USEC,
    Point.VMX1HZ,
    Point.GUEST_IRQ,
    Point.GUEST_TRIPLE_FAULT,
    Point.IN,
    Point.OUT,
    Point.DISK_IO_START,
    Point.DISK_IO_FINISH,
    Point.MAC_SEND_PACKET,
    Point.MAC_RECEIVE_PACKET,
    Point.VMM_LOAD,
    Point.VMM_UNLOAD,
    Point.VMX_LOAD,
    Point.VMX_UNLOAD,
    Point.GUEST_EXEC,
}
"""The probe points this machine really fires (fault points as FAULT0 + vector)."""
