# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers of registers, as instructions encode them (Intel SDM volume 2, table 2-2 and section 3.1.1.3)."""

from __future__ import annotations

from engine.core.registers import Register, Segment


def test_general_registers() -> None:
    names = ["RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI", *(f"R{number}" for number in range(8, 16))]
    assert [Register[name] for name in names] == list(range(16))
    assert Register.RIP not in {Register[name] for name in names}


def test_segment_registers() -> None:
    names = ["ES", "CS", "SS", "DS", "FS", "GS"]
    assert [Segment[name] for name in names] == list(range(6))
