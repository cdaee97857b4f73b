# SPDX-License-Identifier: GPL-2.0-or-later
"""A Linux kernel as the guest of a virtual machine: its files, its command line, what is said about wrong ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine import VirtualMachine
from engine.machine.devices.disk_contents import Blank
from engine.machine.linux import initrd
from engine.vm.linux.kernel import check, command_line, console_of, has_root, kernel_and_disk
from engine.vm.options import BootError, PowerOn, RecordingError
from tests.engine.machine.linux.synthetic import bzimage, with_relocations
from tests.engine.machine.linux.test_initrd import members
from tests.engine.vm.linux.packages import program, unpacked_kernel


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


def test_the_last_console_is_that_of_the_shell() -> None:
    assert [console_of(words) for words in ("", "console=hvc0", "console=ttyS1,9600 console=tty0 quiet")] == [
        "ttyS0", "hvc0", "tty0",
    ]  # fmt: skip


def test_without_an_initial_ram_disk_the_demonstration_is_built(tmp_path: Path) -> None:
    path = unpacked_kernel(tmp_path, bzimage())
    busybox = tmp_path / "busybox"
    busybox.write_bytes(program())
    power = PowerOn(kernel=str(path), busybox=str(busybox), memory_mib=64)
    found, disk = kernel_and_disk(power)
    names = [name for name, *_ in members(found.initrd)]
    assert "lib/modules/03-virtio_net.ko" in names
    assert isinstance(disk, Blank)
    assert disk.size == 64 << 20
    with VirtualMachine.power_on(power) as vm:
        vm.run(0.01)


def test_no_demonstration_where_a_root_file_system_is_named(kernel: Path) -> None:
    assert has_root("quiet root=/dev/nvme0n1p1")
    assert not has_root("quiet rootwait")
    found, disk = kernel_and_disk(PowerOn(kernel=str(kernel), words="root=/dev/nvme0n1", memory_mib=64))
    assert (found.initrd, disk) == (b"", None)


def test_its_disk_has_an_image(kernel: Path, archive: Path, tmp_path: Path) -> None:
    image = tmp_path / "disk.img"
    image.write_bytes(b"contents" * 128)
    power = PowerOn(kernel=str(kernel), initrd=str(archive), disk=str(image), memory_mib=32)
    with VirtualMachine.power_on(power) as vm:
        vm.run(0.01)
    assert image.read_bytes() == b"contents" * 128


def wrong(**changes: object) -> PowerOn:
    return PowerOn(**changes)  # type: ignore[arg-type]


def test_wrong_files_are_told_by_name(kernel: Path, archive: Path, tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("no kernel at all\n" * 40)
    empty = tmp_path / "empty"
    empty.touch()
    cases = [
        (wrong(kernel=str(kernel), initrd=str(empty)), f"{empty}: not an initial RAM disk (empty)"),
        (wrong(kernel="none"), "none: No such file or directory"),
        (wrong(kernel=str(text)), f"{text}: not a Linux kernel"),
        (wrong(kernel=str(kernel), initrd="none"), "none: No such file or directory"),
        (wrong(kernel=str(kernel), initrd=str(text)), f"{text}: not an initial RAM disk"),
        (wrong(kernel=str(kernel), initrd=str(archive), disk="none"), "none: No such file or directory"),
        (
            wrong(kernel=str(kernel), words="root=/", memory_mib=8),
            f"{kernel}: kernel and initial RAM disk take 17 MiB",
        ),
        (wrong(kernel=str(kernel), boot=str(text)), "both a Linux kernel and something else to boot"),
        (
            wrong(kernel=str(kernel), modules=("a",)),
            "--module is for a Multiboot kernel; a Linux kernel has one initial",
        ),
        (
            wrong(kernel=str(kernel), disk=str(empty)),
            f"{empty}: 0 bytes, less than a sector (512); expected a raw disk",
        ),
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


def test_files_are_checked_quickly_before_anything_starts(kernel: Path, archive: Path, tmp_path: Path) -> None:
    check(PowerOn(kernel=str(kernel), initrd=str(archive)))
    check(PowerOn(kernel=str(kernel), words="root=/dev/vda"))
    cases = [
        (
            PowerOn(kernel=str(kernel), initrd=str(kernel)),
            f"{kernel}: a Linux kernel, and no initial RAM disk; name it with --kernel",
        ),
        (
            PowerOn(kernel=str(archive), initrd=str(archive)),
            f"{archive}: a cpio archive, as initial RAM disks are, and no Linux kernel; name it with --initrd",
        ),
        (PowerOn(kernel=str(kernel), initrd=str(archive), disk=str(tmp_path / "none")), "none: No such file"),
        (PowerOn(kernel=str(kernel), busybox=str(archive)), "not a program"),
    ]
    for power, message in cases:
        with pytest.raises(BootError, match=re.escape(message)):
            check(power)


def test_a_kernel_that_is_damaged_inside_is_told_when_it_is_loaded(kernel: Path, archive: Path) -> None:
    data = bytearray(kernel.read_bytes())
    data[5 * 512 + 0x300 + 60] ^= 0xFF
    kernel.write_bytes(data)
    with pytest.raises(BootError, match="vmlinuz: damaged gzip data"):
        VirtualMachine.linux(kernel, archive)
