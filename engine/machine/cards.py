# SPDX-License-Identifier: GPL-2.0-or-later
"""The cards in the PCI slots, as a configuration chooses them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from engine.machine.bus import MemoryBus, PortBus
from engine.machine.choices import DiskBus, NetworkCard
from engine.machine.clock import Clock
from engine.machine.devices.ata_commands import Identities
from engine.machine.devices.device import Fire
from engine.machine.devices.disk_image import DiskImage
from engine.machine.devices.disk_model import DiskModel
from engine.machine.devices.firmware_disk import FirmwareDisk
from engine.machine.devices.nvme import Nvme
from engine.machine.devices.pci import PciBus
from engine.machine.devices.rtl8139 import Rtl8139
from engine.machine.devices.virtio.block import VirtioBlock
from engine.machine.devices.virtio.console import VirtioConsole
from engine.machine.devices.virtio.entropy import VirtioEntropy
from engine.machine.devices.virtio.network import VirtioNetwork
from engine.machine.memory import Memory

Card = TypeVar("Card", Rtl8139, VirtioNetwork, VirtioEntropy, VirtioConsole)
NETWORK_SLOT, DISK_SLOT, ENTROPY_SLOT, CONSOLE_SLOT = 3, 4, 5, 6
"""Device numbers on the PCI bus."""
MAC = bytes.fromhex("525400123456")
"""Address of the network card: locally administered."""


@dataclass(frozen=True, slots=True)
class Slots:
    """What cards are plugged into."""

    pci: PciBus
    ports: PortBus
    windows: MemoryBus
    clock: Clock
    memory: Memory
    fire: Fire
    fire_outside: Fire
    """for events of no VCPU"""

    def network(self, kind: NetworkCard) -> Rtl8139 | VirtioNetwork:
        """The network card."""
        irq = self.pci.interrupt(NETWORK_SLOT, "network")
        if kind == "virtio":
            return self._plug(
                NETWORK_SLOT, VirtioNetwork(self.windows, self.clock, self.memory, irq, self.fire_outside, MAC)
            )
        return self._plug(
            NETWORK_SLOT, Rtl8139(self.ports, self.windows, self.clock, self.memory, irq, self.fire_outside, MAC)
        )

    def disk(self, bus: DiskBus, image: DiskImage, model: DiskModel) -> tuple[Nvme | VirtioBlock, FirmwareDisk]:
        """A controller with a disk, on a bus other than IDE, and the BIOS's way to it."""
        irq = self.pci.interrupt(DISK_SLOT, "disk")
        parts = (self.windows, self.clock, self.memory, irq, image, model, self.fire, Identities())
        controller = VirtioBlock(*parts) if bus == "virtio" else Nvme(*parts)
        self.pci.add(DISK_SLOT, 0, controller.configuration)
        return controller, FirmwareDisk(self.ports, self.memory, controller.queue)

    def entropy(self, seed: int) -> VirtioEntropy:
        """A source of random numbers."""
        irq = self.pci.interrupt(ENTROPY_SLOT, "random")
        return self._plug(ENTROPY_SLOT, VirtioEntropy(self.windows, self.memory, irq, seed))

    def console(self) -> VirtioConsole:
        """A console beside the serial port."""
        irq = self.pci.interrupt(CONSOLE_SLOT, "console")
        return self._plug(CONSOLE_SLOT, VirtioConsole(self.windows, self.memory, irq))

    def _plug(self, slot: int, card: Card) -> Card:
        self.pci.add(slot, 0, card.configuration)
        return card
