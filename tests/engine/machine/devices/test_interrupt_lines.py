# SPDX-License-Identifier: GPL-2.0-or-later
"""Each wire goes to the 8259s and to the IO-APIC; the timer to input 2 there."""

from __future__ import annotations

import pytest

from engine.machine.devices.interrupt_lines import InterruptLines


class Chip:
    def __init__(self) -> None:
        self.driven: list[tuple[int, bool]] = []

    def set_irq(self, number: int, level: bool) -> None:
        self.driven.append((number, level))

    set_input = set_irq


@pytest.mark.parametrize(("wire", "entry"), [(0, 2), (1, 1), (14, 14)])
def test_a_wire_reaches_both(wire: int, entry: int) -> None:
    pic, io_apic = Chip(), Chip()
    lines = InterruptLines(pic, io_apic)  # type: ignore[arg-type]
    lines.line(wire)(True)
    lines.line(wire)(False)
    assert pic.driven == [(wire, True), (wire, False)]
    assert io_apic.driven == [(entry, True), (entry, False)]
