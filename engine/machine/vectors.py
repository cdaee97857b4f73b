# SPDX-License-Identifier: GPL-2.0-or-later
"""What interrupt vectors are for: the devices behind them, as the guest has programmed the interrupt controllers."""

from __future__ import annotations

from engine.machine.devices.interrupt_lines import InterruptLines
from engine.machine.devices.pci import PciBus


def vectors_of(lines: InterruptLines, pci: PciBus) -> dict[int, str]:
    """Devices by vector; those that share a line are named together, and those with one vector on different CPUs."""
    devices: dict[int, list[str]] = {number: [name] for number, name in lines.names.items()}
    for number, name in pci.routed():
        devices.setdefault(number, []).append(name)
    found: dict[int, list[str]] = {}
    for vector, number in lines.vectors():
        if number in devices:
            found.setdefault(vector, []).extend(devices[number])
    return {vector: ", ".join(names) for vector, names in found.items()}
