# SPDX-License-Identifier: GPL-2.0-or-later
"""The motherboard of a PC: its chipset, the cards in its slots and its disks, wired to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.machine import firmware
from engine.machine.cards import Slots
from engine.machine.consoles import Consoles
from engine.machine.devices.apic_bus import ApicBus
from engine.machine.devices.apm import ApmControl
from engine.machine.devices.ata import AtaChannel
from engine.machine.devices.ata_commands import Identities
from engine.machine.devices.device import Device
from engine.machine.devices.disk_image import DiskImage
from engine.machine.devices.disk_model import PRESETS, DiskModel
from engine.machine.devices.hpet import Hpet
from engine.machine.devices.i8042 import I8042
from engine.machine.devices.i8254 import I8254
from engine.machine.devices.i8259 import I8259Pair
from engine.machine.devices.ide import Piix3Ide
from engine.machine.devices.interrupt_lines import InterruptLines
from engine.machine.devices.io_apic import IoApic
from engine.machine.devices.local_apic import LocalApic
from engine.machine.devices.mc146818 import Mc146818
from engine.machine.devices.pci import PciBus
from engine.machine.devices.piix4_pm import Piix4Pm
from engine.machine.devices.system_ports import SystemPorts
from engine.machine.devices.uart16550 import Uart16550
from engine.machine.devices.vga_text import VgaText
from engine.machine.devices.virtio.console import VirtioConsole
from engine.machine.net.network import Network
from engine.machine.suite_devices import SuiteDevices

if TYPE_CHECKING:
    from engine.machine.machine import Machine


class Motherboard:
    """Made once for a machine, whose CPUs, busses, clock and memory exist by then."""

    def __init__(self, machine: Machine) -> None:
        config, clock, ports, windows = machine.config, machine.clock, machine.ports, machine.windows
        bus = ApicBus()
        self.pic = I8259Pair(ports, self._external_interrupt)
        self.apics = [LocalApic(clock, bus, cpu.number, cpu, self.pic.acknowledge) for cpu in machine.cpus]
        self.io_apic = IoApic(windows, bus)
        self.lines = lines = InterruptLines(self.pic, self.io_apic)
        self.hpet = Hpet(windows, clock, lines.set_irq)
        self.timer = I8254(ports, clock, self.hpet.legacy(0))
        self.rtc = Mc146818(ports, clock, self.hpet.legacy(8), config.epoch_us)
        self.serial = Uart16550(ports, lines.line(4, "serial"))
        self.keyboard = I8042(ports, lines.line(1, "keyboard"), machine.press_reset)
        self.system_ports = SystemPorts(ports, self.timer, machine.press_reset)
        self.apm = ApmControl(ports, machine.smi)
        self.vga = VgaText(ports, machine.memory)
        self.pci = PciBus(ports, lines.set_irq)
        slots = Slots(self.pci, ports, windows, clock, machine.memory, machine.fire, machine.fire_outside)
        self.card = slots.network(config.net)
        self.power = Piix4Pm(ports, self.pci, clock, lines.line(firmware.SCI, "acpi"), machine.power_off)
        self.network = Network(clock, self.card.receive)
        self.card.wire = self.network.send
        self.devices: list[Device] = [
            self.pic, *self.apics, self.io_apic, self.hpet, self.timer, self.rtc, self.serial, self.keyboard,
            self.system_ports, self.apm, self.vga, self.pci, self.power, self.card, self.network,
        ]  # fmt: skip
        self.virtio_console: VirtioConsole | None = None
        if config.virtio:
            self.virtio_console = slots.console()
            self.devices += [slots.entropy(config.seed), self.virtio_console]
        self.suite = SuiteDevices(machine, lines) if config.suite_devices else None
        self.devices += self.suite.devices if self.suite is not None else []
        self.consoles = Consoles(self.serial, self.virtio_console, None if self.suite is None else self.suite.console)
        self.disk: AtaChannel | None = None
        self.scratch: AtaChannel | None = None
        self.ide: Piix3Ide | None = None
        if machine.image is not None and config.disk_bus == "ide":
            self._add_ide(machine, machine.image)
        elif machine.image is not None:
            self.devices += slots.disk(config.disk_bus, machine.image, _latency(machine, machine.image, 0))

    def _add_ide(self, machine: Machine, image: DiskImage) -> None:
        """The IDE controller, the disk at its primary channel and an empty one, if wanted, at its secondary channel."""
        identities = Identities()

        def channel(image: DiskImage, number: int, name: str) -> AtaChannel:
            irq = self.lines.line(14 + number, name)
            model = _latency(machine, image, number)
            return AtaChannel(machine.ports, machine.clock, irq, image, model, machine.fire, number, identities)

        self.disk = channel(image, 0, "disk")
        if machine.config.scratch_sectors:
            self.scratch = channel(DiskImage(b"", machine.config.scratch_sectors), 1, "disk 2")
        self.ide = Piix3Ide(machine.ports, self.pci, machine.memory, self.disk, self.scratch)
        self.devices += [disk for disk in (self.disk, self.scratch) if disk is not None] + [self.ide]

    def _external_interrupt(self, level: bool) -> None:
        """INTR of the 8259 pair is wired to LINT0 of every local APIC (MultiProcessor Specification 1.4, 3.6.2.2)."""
        for apic in self.apics:
            apic.set_lint(0, level)

    def reset(self) -> None:
        """The reset line, which is wired to every device."""
        for device in self.devices:
            device.reset()


def _latency(machine: Machine, image: DiskImage, controller: int) -> DiskModel:
    """How long the requests of a disk take: each controller's have a course of their own."""
    return PRESETS[machine.config.disk_model](image.sectors, machine.config.seed + controller)
