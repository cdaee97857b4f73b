# SPDX-License-Identifier: GPL-2.0-or-later
"""What people are told of a machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import VirtualMachine
from engine.machine.config import MachineConfig
from engine.machine.machine import Machine
from engine.vm.happenings import Happenings
from engine.vm.options import PowerOn
from tests.engine.machine.real_mode_guest import boot_sector

RESET = """
    movw $0xcf9, %dx
    movb $6, %al
    outb %al, %dx
"""
SWITCH_OFF = """
    movw $0x604, %dx
    movw $0x2000, %ax
    outw %ax, %dx
1:  hlt
    jmp 1b
"""


@pytest.fixture
def machine():
    with Machine(None, MachineConfig(ram_bytes=1 << 20)) as machine:
        yield machine


def seen(happenings: Happenings, console: str = "") -> list[str]:
    """What has happened, by what the guest wrote."""
    happenings.look(console)
    return happenings.take()


def test_a_panic_is_told_once_with_its_reason_also_when_the_line_comes_in_pieces(machine: Machine) -> None:
    happenings = Happenings(machine)
    assert seen(happenings, "[    1.0] Kernel panic - not sync") == []
    assert seen(happenings, "ing: Attempted to kill init!") == []
    assert happenings.panics == 0
    assert seen(happenings, "\n[    1.1] CPU: 0\n") == ["the guest's kernel panicked: Attempted to kill init!"]
    assert seen(happenings, "[    1.2] ---[ end Kernel panic - not syncing: Attempted ]---\n") == []
    assert happenings.panics == 1


def test_a_panic_for_want_of_memory_says_how_to_give_more(machine: Machine) -> None:
    told = seen(Happenings(machine), "[    1.0] Kernel panic - not syncing: System is deadlocked on memory\n")
    assert told == [
        "the guest's kernel panicked: System is deadlocked on memory; it has 1 MiB, give it more with --memory"
    ]


def test_a_panic_for_want_of_a_root_file_system_says_what_the_disk_is_called(machine: Machine) -> None:
    reason = "VFS: Unable to mount root fs on unknown-block(0,0)"
    (told,) = seen(Happenings(machine), f"[    1.0] Kernel panic - not syncing: {reason}\n")
    assert told.startswith(
        f"the guest's kernel panicked: {reason}; the disk is nvme0n1, vda or sda, as --disk-bus says"
    )


def test_resets_are_counted(machine: Machine) -> None:
    happenings = Happenings(machine)
    machine.reset()
    assert seen(happenings) == ["the machine was reset"]
    machine.reset()
    machine.reset()
    assert seen(happenings) == ["the machine was reset 2 times"]


def test_what_the_guest_s_recognition_says_is_told_when_it_changes(machine: Machine) -> None:
    happenings = Happenings(machine)
    for notice in ("", "found", "found", "", "found", "lost"):
        happenings.guest_says(notice)
    assert happenings.take() == ["found", "lost"]
    assert happenings.take() == []


def told(tmp_path: Path, source: str, seconds: float) -> list[str]:
    image = tmp_path / "guest.img"
    image.write_bytes(boot_sector(source))
    with VirtualMachine.power_on(PowerOn(boot=str(image))) as vm:
        vm.run(seconds)
        return vm.take_notices()


def test_a_guest_that_switches_the_machine_off(tmp_path: Path) -> None:
    assert told(tmp_path, SWITCH_OFF, 2.5) == ["the guest switched the machine off at 1.0 s; a reset starts it again"]


def test_a_guest_that_resets_the_machine(tmp_path: Path) -> None:
    once = "    cmpw $0x1234, 0x600\n    movw $0x1234, 0x600\n    je 1f\n" + RESET + "1:  hlt\n    jmp 1b\n"
    assert told(tmp_path, once, 1.5) == ["the machine was reset"]


def test_a_disk_image_that_is_removed_or_cut_off_is_told_once(tmp_path: Path) -> None:
    image = tmp_path / "guest.img"
    image.write_bytes(boot_sector("1:  hlt\n    jmp 1b\n"))
    with VirtualMachine.power_on(PowerOn(boot=str(image))) as vm:
        vm.run(1)
        assert vm.take_notices() == []
        image.unlink()
        vm.run(3)
        assert vm.take_notices() == [f"{image}: removed or replaced; the guest keeps the old one until power-off"]


def test_a_boot_sector_that_cannot_be_read_halts_and_is_told(tmp_path: Path) -> None:
    image = tmp_path / "guest.img"
    image.write_bytes(boot_sector(RESET))
    with VirtualMachine.power_on(PowerOn(boot=str(image))) as vm:
        image.write_bytes(b"")
        vm.run(2)
        unreadable, changed, reset = sorted(vm.take_notices())
        assert "byte 0: the file ends there now; it was cut off; the guest got an I/O error" in unreadable
        assert f"cut off from {len(boot_sector(RESET))} to 0 bytes while in use" in changed
        assert reset == "the machine was reset"
