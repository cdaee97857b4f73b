# SPDX-License-Identifier: GPL-2.0-or-later
"""The drivers a Linux kernel needs for the devices of a machine."""

from __future__ import annotations

from dataclasses import dataclass

from engine.machine.choices import DiskBus, NetworkCard
from engine.vm.linux.modules import ModuleTree


@dataclass(frozen=True, slots=True)
class Driver:
    """Modules that make a device or a file system work."""

    what: str
    """in words"""
    modules: tuple[str, ...]
    device: str = ""
    """MODALIAS of the device that the last of them drives"""


_VIRTIO = ("virtio_pci",)
_PCI = "pci:v{:08X}d{:08X}sv{:08X}sd{:08X}bc{:02X}sc{:02X}i{:02X}"


def _virtio(kind: int) -> str:
    return f"virtio:d{kind:08X}v00001AF4"


DISKS: dict[DiskBus, Driver] = {
    "nvme": Driver("NVMe disk", ("nvme",), _PCI.format(0x15AD, 0x07F0, 0, 0, 0x01, 0x08, 0x02)),
    "virtio": Driver("virtio disk", (*_VIRTIO, "virtio_blk"), _virtio(2)),
    "ide": Driver("IDE disk", ("sd_mod", "ata_piix"), _PCI.format(0x8086, 0x7010, 0, 0, 0x01, 0x01, 0x80)),
}
CARDS: dict[NetworkCard, Driver] = {
    "virtio": Driver("virtio network card", (*_VIRTIO, "virtio_net"), _virtio(1)),
    "rtl8139": Driver("RTL8139 network card", ("8139too",), _PCI.format(0x10EC, 0x8139, 0x10EC, 0x8139, 2, 0, 0)),
}
OTHERS = (
    Driver("virtio random numbers", (*_VIRTIO, "virtio_rng"), _virtio(4)),
    Driver("virtio console", (*_VIRTIO, "virtio_console"), _virtio(3)),
    Driver("ext4", ("crc32c_generic", "crct10dif_generic", "ext4")),
)


def drivers(disk_bus: DiskBus, net: NetworkCard) -> tuple[Driver, ...]:
    """What a machine with these devices needs."""
    return (OTHERS[-1], DISKS[disk_bus], CARDS[net], *OTHERS[:-1])


def state_of(driver: Driver, tree: ModuleTree) -> str:
    """How a kernel has a driver: `built in`, `module NAME`, or empty when it has not.

    Raises:
        BootError: a module cannot be read.
    """
    name = driver.modules[-1]
    module = tree.find(name)
    if module is None or (driver.device and module.aliases and not module.drives(driver.device)):
        return ""
    return f"module {name}" if module.data else "built in"
