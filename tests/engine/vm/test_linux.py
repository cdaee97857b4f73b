# SPDX-License-Identifier: GPL-2.0-or-later
"""A Linux kernel as the guest of a virtual machine: its files, its command line, what is said about wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import VirtualMachine
from engine.machine.linux import initrd
from engine.vm.linux import command_line
from engine.vm.options import BootError, PowerOn, RecordingError
from tests.engine.machine.linux.synthetic import bzimage, with_relocations


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    path = tmp_path / "vmlinuz"
    path.write_bytes(bzimage(vmlinux_=with_relocations()))
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "initrd.img"
    path.write_bytes(initrd.archive([initrd.file("init", b"")]))
    return path


def test_a_kernel_boots_and_prints_its_command_line(kernel: Path, archive: Path) -> None:
    with VirtualMachine.linux(kernel, archive, append="quiet") as vm:
        assert vm.guest.name == "Linux 9.8.7-synthetic"
        assert vm.ram_bytes == 256 << 20
        (frame,) = vm.frames(0.01)
        assert frame.console == "console=ttyS0 quiet"


@pytest.mark.parametrize(
    ("words", "whole"),
    [("", "console=ttyS0"), ("quiet", "console=ttyS0 quiet"), ("console=tty0 quiet", "console=tty0 quiet")],
)
def test_a_console_is_added_where_none_is_named(words: str, whole: str) -> None:
    assert command_line(words) == whole


def test_its_disk_has_an_image(kernel: Path, tmp_path: Path) -> None:
    image = tmp_path / "disk.img"
    image.write_bytes(b"contents" * 128)
    power = PowerOn(kernel=str(kernel), disk=str(image), memory_mib=32)
    with VirtualMachine.power_on(power) as vm:
        vm.run(0.01)
    assert image.read_bytes() == b"contents" * 128


def wrong(**changes: object) -> PowerOn:
    return PowerOn(**changes)  # type: ignore[arg-type]


def test_wrong_files_are_told_by_name(kernel: Path, archive: Path, tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("no kernel at all\n" * 40)
    cases = [
        (wrong(kernel="none"), "none: No such file or directory"),
        (wrong(kernel=str(text)), f"{text}: not a Linux kernel"),
        (wrong(kernel=str(kernel), initrd="none"), "none: No such file or directory"),
        (wrong(kernel=str(kernel), initrd=str(text)), f"{text}: not an initial RAM disk"),
        (wrong(kernel=str(kernel), disk="none"), "none: No such file or directory"),
        (wrong(kernel=str(kernel), memory_mib=8), f"{kernel}: kernel and initial RAM disk take 17 MiB, there are 8"),
        (wrong(kernel=str(kernel), boot=str(text)), "both a Linux kernel and something else to boot"),
        (wrong(initrd=str(archive)), "are for a Linux kernel; name one with --kernel"),
        (wrong(boot=str(kernel)), f"{kernel}: a Linux kernel; boot it with --kernel"),
    ]
    for power, message in cases:
        with pytest.raises(BootError) as refused:
            VirtualMachine.power_on(power)
        assert message in str(refused.value)


def test_a_recording_names_the_kernel(kernel: Path, archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "recording"
    power = PowerOn(kernel=str(kernel), initrd=str(archive), kaslr=True, seed=3, memory_mib=64, record=str(path))
    with VirtualMachine.power_on(power) as vm:
        vm.run(0.01)
    with VirtualMachine.power_on(PowerOn(replay=str(path))) as vm:
        vm.run(0.01)
        assert vm.guest.name == "Linux 9.8.7-synthetic"
    archive.write_bytes(initrd.archive([]))
    with pytest.raises(RecordingError, match="has changed since it was recorded"):
        VirtualMachine.power_on(PowerOn(replay=str(path)))
