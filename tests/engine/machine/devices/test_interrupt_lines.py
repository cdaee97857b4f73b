# SPDX-License-Identifier: GPL-2.0-or-later
"""Wires go to the 8259s and to the IO-APIC; the timer to input 2 there."""

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


@pytest.mark.parametrize("wire", [16, 23])
def test_further_wires_reach_the_io_apic_alone(wire: int) -> None:
    pic, io_apic = Chip(), Chip()
    InterruptLines(pic, io_apic).set_irq(wire, True)  # type: ignore[arg-type]
    assert (pic.driven, io_apic.driven) == ([], [(wire, True)])
