# SPDX-License-Identifier: GPL-2.0-or-later
"""Guest RAM as devices see it."""

from __future__ import annotations

from engine.machine.memory import Memory


def test_memory_ends_like_a_bus() -> None:
    changed: list[tuple[int, int]] = []
    memory = Memory(memoryview(bytearray(0x1000)), lambda *where: changed.append(where))
    memory.write(0xFFE, b"abcd")
    assert memory.read(0xFFE, 4) == b"ab\xff\xff"
    memory.write(0x1000, b"x")
    memory.write_int(0x10, 4, 0x11223344)
    assert memory.read_int(0x10, 4) == 0x11223344
    assert changed == [(0xFFE, 2), (0x10, 4)]
