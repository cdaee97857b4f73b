# SPDX-License-Identifier: GPL-2.0-or-later
"""Which drivers a machine needs, and how a kernel has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.machine.config import MachineConfig
from engine.machine.devices.pci import PciFunction
from engine.machine.devices.virtio.device import VirtioDevice
from engine.machine.machine import Machine
from engine.vm.linux.drivers import CARDS, DISKS, OTHERS, Driver, drivers, state_of
from engine.vm.linux.modules import ModuleTree
from tests.engine.vm.linux.packages import RELEASE, unpacked_kernel


def test_how_a_kernel_has_them(tmp_path: Path) -> None:
    tree = ModuleTree.beside(unpacked_kernel(tmp_path, b""), RELEASE)
    assert tree is not None
    states = {driver.what: state_of(driver, tree) for driver in drivers("nvme", "virtio")}
    assert states == {
        "ext4": "built in",
        "NVMe disk": "built in",
        "virtio network card": "module virtio_net",
        "virtio random numbers": "",  # a module of that name, for another device
        "virtio console": "",
    }


def pci_modalias(function: PciFunction) -> str:
    """What the kernel makes of a function's configuration (PCI drivers' uevents)."""
    vendor, device = function.read(0, 2), function.read(2, 2)
    kind = function.read(8, 4) >> 8
    subsystem = function.read(0x2C, 2), function.read(0x2E, 2)
    return (
        f"pci:v{vendor:08X}d{device:08X}sv{subsystem[0]:08X}sd{subsystem[1]:08X}"
        f"bc{kind >> 16:02X}sc{kind >> 8 & 0xFF:02X}i{kind & 0xFF:02X}"
    )


def names_of(machine: Machine) -> set[str]:
    """MODALIAS of every device: of PCI functions, and of the virtio devices that the PCI driver finds on them."""
    found = {pci_modalias(function) for _, function in machine.motherboard.pci.functions()}
    virtio = [device for device in machine.motherboard.devices if isinstance(device, VirtioDevice)]
    return found | {f"virtio:d{device.kind:08X}v{device.configuration.read(0x2C, 2):08X}" for device in virtio}


@pytest.mark.parametrize("bus", DISKS)
@pytest.mark.parametrize("net", CARDS)
def test_they_name_the_devices_that_the_machine_has(bus: str, net: str) -> None:
    config = MachineConfig(ram_bytes=1 << 20, disk_bus=bus, net=net, virtio=True)  # type: ignore[arg-type]
    needed: list[Driver] = [DISKS[bus], CARDS[net], *OTHERS]  # type: ignore[index]
    with Machine(bytes(512), config) as machine:
        assert {driver.device for driver in needed if driver.device} <= names_of(machine)
