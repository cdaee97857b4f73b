# SPDX-License-Identifier: GPL-2.0-or-later
"""The cards that a configuration puts into the PCI slots."""

from __future__ import annotations

import pytest

from engine.machine.choices import DiskBus, NetworkCard
from engine.machine.config import MachineConfig
from engine.machine.machine import Machine


@pytest.mark.parametrize(
    ("bus", "net", "virtio", "expected"),
    [
        ("ide", "rtl8139", False, {3: (0x10EC, 0x8139)}),
        ("nvme", "virtio", False, {3: (0x1AF4, 0x1041), 4: (0x15AD, 0x07F0)}),
        (
            "virtio", "virtio", True,
            {3: (0x1AF4, 0x1041), 4: (0x1AF4, 0x1042), 5: (0x1AF4, 0x1044), 6: (0x1AF4, 0x1043)},
        ),
    ],
)  # fmt: skip
def test_each_in_its_slot_with_memory_and_an_interrupt(
    bus: DiskBus, net: NetworkCard, virtio: bool, expected: dict[int, tuple[int, int]]
) -> None:
    config = MachineConfig(ram_bytes=1 << 20, disk_bus=bus, net=net, virtio=virtio)
    with Machine(bytes(512), config) as machine:
        cards = {slot: function for slot, function in machine.motherboard.pci.functions() if slot > 2}
        assert {slot: (card.read(0, 2), card.read(2, 2)) for slot, card in cards.items()} == expected
        for card in cards.values():
            assert card.command & 6 == 6
        assert len({card.read(0x3C, 1) for card in cards.values()}) == len(cards)  # none shares a line
        windows = [card.bar(number) for card in cards.values() for number, size in card.bars.items() if size > 0]
        assert len(set(windows)) == len(windows)
        assert all(windows)


def test_frames_reach_the_card_and_the_wire() -> None:
    with Machine(None, MachineConfig(ram_bytes=1 << 20, net="virtio")) as machine:
        assert machine.motherboard.card.wire == machine.motherboard.network.send
