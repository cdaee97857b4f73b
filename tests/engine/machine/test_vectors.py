# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupt vectors are named by the devices behind them, as the guest has programmed the controllers."""

from __future__ import annotations

import pytest

from engine.machine.config import MachineConfig
from engine.machine.devices import io_apic
from engine.machine.machine import Machine
from engine.machine.vectors import vectors_of

MASKED = 1 << 16
INIT, ICW4, NOTHING = 0x11, 0x01, 0xFF
NVME_SLOT = 4


@pytest.fixture
def machine():
    with Machine(bytes(512), MachineConfig(ram_bytes=1 << 20, disk_bus="nvme", net="virtio", virtio=True)) as made:
        yield made


def program_8259s(machine: Machine, base: int) -> None:
    for command, cascade, vector in ((0x20, 4, base), (0xA0, 2, base + 8)):
        for port, value in ((command, INIT), (command + 1, vector), (command + 1, cascade), (command + 1, ICW4)):
            machine.ports.write(port, 1, value)


def program_input(machine: Machine, number: int, entry: int) -> None:
    machine.windows.write(io_apic.BASE, 4, 0x10 + 2 * number)
    machine.windows.write(io_apic.BASE + 0x10, 4, entry)


def line_of_card(machine: Machine, slot: int) -> int:
    return next(card.read(0x3C, 1) for device, card in machine.motherboard.pci.functions() if device == slot)


def test_of_the_8259s(machine: Machine) -> None:
    program_8259s(machine, 0x20)
    disk = line_of_card(machine, NVME_SLOT)
    found = vectors_of(machine.motherboard.lines, machine.motherboard.pci)
    named = {vector - 0x20: name for vector, name in found.items()}
    assert {0: "timer", 1: "keyboard", 4: "serial", 8: "clock", 9: "acpi", disk: "disk"}.items() <= named.items()
    assert 2 not in named  # the cascade
    assert set(named.values()) >= {"network", "random", "console"}


def test_the_timer_is_input_2_of_the_io_apic(machine: Machine) -> None:
    program_input(machine, 2, 0x61)
    program_input(machine, 4, 0x62)
    found = vectors_of(machine.motherboard.lines, machine.motherboard.pci)
    assert (found[0x61], found[0x62]) == ("timer", "serial")


def test_an_input_that_is_let_through_has_the_vector_of_a_masked_one(machine: Machine) -> None:
    program_8259s(machine, 0x40)
    program_input(machine, 1, 0x44)
    program_input(machine, 4, 0x44 | MASKED)
    assert vectors_of(machine.motherboard.lines, machine.motherboard.pci)[0x44] == "keyboard"
    program_input(machine, 1, NOTHING | MASKED)
    assert vectors_of(machine.motherboard.lines, machine.motherboard.pci)[0x44] == "serial"


def test_inputs_with_one_vector_on_different_cpus_are_named_together(machine: Machine) -> None:
    program_8259s(machine, 0x40)
    program_input(machine, 4, 0x44)
    program_input(machine, 8, 0x44)
    program_input(machine, 1, 0x44 | MASKED)
    assert vectors_of(machine.motherboard.lines, machine.motherboard.pci)[0x44] == "serial, clock"


def test_other_messages_have_no_vector(machine: Machine) -> None:
    nmi = 4 << 8
    program_input(machine, 1, nmi | 0xA1)
    program_input(machine, 4, 0x05)
    assert {0xA1, 0x05}.isdisjoint(vectors_of(machine.motherboard.lines, machine.motherboard.pci))


def test_cards_that_share_a_line_are_named_together(machine: Machine) -> None:
    program_8259s(machine, 0x20)
    line = line_of_card(machine, NVME_SLOT)
    for wire in range(4):
        machine.motherboard.pci.isa.write(0x60 + wire, 1, line)
    assert (
        vectors_of(machine.motherboard.lines, machine.motherboard.pci)[0x20 + line] == "network, disk, random, console"
    )
