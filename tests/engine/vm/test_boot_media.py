# SPDX-License-Identifier: GPL-2.0-or-later
"""Booting people's own software: disk images and Multiboot kernels."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from engine import VirtualMachine
from engine.guest import symbol_files
from engine.machine import multiboot
from engine.vm.boot_media import boot_media
from engine.vm.options import BootError, PowerOn, RecordingError
from tests.engine.machine.multiboot_kernel import elf, flat
from tests.engine.machine.real_mode_guest import ECHO, boot_sector

SHOUT = """
    movw $0x3f8, %dx
1:  movb $0x21, %al
    outb %al, %dx
    hlt
    jmp 1b
"""
PROCESS = "(defaggr out 2 1) (vprobe Out (aggr out (ARG0 (curpid)) ((curprocname)) 1))"


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "shout.img"
    path.write_bytes(boot_sector(SHOUT))
    return path


def test_a_disk_image_boots_and_its_processes_are_told_apart_by_address_space(image: Path) -> None:
    with VirtualMachine.power_on(PowerOn(boot=str(image))) as vm:
        assert (vm.guest.name, vm.guest.symbol_file) == ("shout.img", None)
        script = vm.load(PROCESS)
        start = vm.load("(definteger n) (vprobe GUEST:0x7c00 (setint n (+ n 1)) (logint n))", "start.vp")
        (*_, frame) = vm.frames(1)
        (row,) = (row for row in script.aggregates["out"] if row.integers[0] == 0x3F8)  # not the BIOS's own ports
        assert (row.integers, row.strings) == ((0x3F8, 0), ("cr3 0x0",))
        assert row.count == len(frame.console) > 10
        assert set(frame.console) == {"!"}
        assert start.name == "start.vp"
        assert frame.log == "1"
    assert image.read_bytes() == boot_sector(SHOUT)


@pytest.mark.parametrize(("make", "named"), [(elf, True), (flat, False)])
def test_a_kernel_boots_with_its_own_symbols(tmp_path: Path, make, named: bool) -> None:
    path, module = tmp_path / "kernel", tmp_path / "module"
    path.write_bytes(make())
    module.write_bytes(b"module")
    power = PowerOn(boot=str(path), words="a b", modules=(f"{module} x y",), memory_mib=16)
    with VirtualMachine.power_on(power) as vm:
        assert vm.ram_bytes == 16 << 20
        assert (vm.guest.symbol_file == path) is named
        if named:
            symbols = symbol_files.read(path)
            assert symbols.describe(symbols["start"] + 1) == "start+0x1"
            assert "results" in symbols
            script = vm.load(f"(defaggr n 0 0) (vprobe GUEST:{symbols['start']:#x} (aggr n () () 1))")
            vm.run(0.1)
            assert [row.count for row in script.aggregates["n"]] == [1]
    kernel = boot_media(power).kernel
    assert kernel is not None
    assert isinstance(kernel, multiboot.Kernel)
    assert kernel.words == "kernel a b"
    assert [(part.data, part.words) for part in kernel.modules] == [(b"module", f"{module} x y")]


REFUSED = {
    "nothing": (b"", "no boot signature"),
    "text": (b"hello" * 1000, "no boot signature"),
    "qcow2": (b"QFI\xfb" + bytes(1000), "qcow2.*qemu-img convert"),
    "vmdk": (b"KDMV" + bytes(1000), "VMDK"),
    "elf": (b"\x7fELF" + bytes(1000), "without a Multiboot header"),
    "linux": (bytes(510) + b"\x55\xaa" + bytes(2) + b"HdrS", "a Linux kernel"),
    "packed": (gzip.compress(b"hello" * 1000), "packed by gzip"),
    "damaged": (b"\x1f\x8bdamaged", "damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_nothing_can_boot_from_is_told(tmp_path: Path, name: str) -> None:
    data, words = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(BootError, match=f"{name}: .*{words}"):
        boot_media(PowerOn(boot=str(path)))


def test_files_that_are_not_there_are_told(tmp_path: Path) -> None:
    kernel = tmp_path / "kernel"
    kernel.write_bytes(elf())
    for power in (
        PowerOn(boot=str(tmp_path / "missing")),
        PowerOn(boot=str(kernel), modules=(f"{tmp_path / 'missing'} words",)),
    ):
        with pytest.raises(BootError, match="missing: No such file"):
            boot_media(power)
    with pytest.raises(BootError, match="Is a directory"):
        boot_media(PowerOn(boot=str(tmp_path)))


def test_a_disk_with_a_boot_loader_that_is_a_kernel_too_is_a_disk(tmp_path: Path) -> None:
    """GRUB's core image, in the first sectors of a disk, has a Multiboot header."""
    path = tmp_path / "disk.img"
    path.write_bytes(boot_sector(SHOUT) + flat())
    guest = boot_media(PowerOn(boot=str(path)))
    assert (guest.kernel, guest.disk) == (None, path)


def test_words_and_modules_are_for_kernels(image: Path) -> None:
    for power in (PowerOn(words="x"), PowerOn(modules=("x",)), PowerOn(boot=str(image), words="x")):
        with pytest.raises(BootError, match="for a Multiboot kernel"):
            boot_media(power)


def test_a_kernel_too_large_for_memory_is_told(tmp_path: Path) -> None:
    path = tmp_path / "kernel"
    path.write_bytes(elf())
    with pytest.raises(BootError, match="kernel: the kernel needs 3 MiB of memory, there are 1; use --memory"):
        boot_media(PowerOn(boot=str(path), memory_mib=1))


def test_too_little_memory_for_the_bundled_guest_is_an_error_with_what_it_needs() -> None:
    boot_media(PowerOn(memory_mib=48))
    with pytest.raises(BootError, match="needs 48 MiB, there are 47; use --memory"):
        boot_media(PowerOn(memory_mib=47))


def test_the_bundled_guest_in_more_memory() -> None:
    """Warm and cold; the snapshots of other sizes are others."""
    for cold in (True, False):
        with VirtualMachine.power_on(PowerOn(memory_mib=128, cold=cold)) as vm:
            assert vm.ram_bytes == 128 << 20
            vm.run(0.1)


def test_a_recording_belongs_to_what_was_booted(tmp_path: Path) -> None:
    image, log = tmp_path / "echo.img", tmp_path / "log"
    image.write_bytes(boot_sector(ECHO))
    typed = "\x01\x02"  # no keys of the keyboard: they go to the serial console
    with VirtualMachine.power_on(PowerOn(boot=str(image), record=str(log), memory_mib=8)) as vm:
        vm.run(0.05)
        vm.type(typed)
        (*_, frame) = vm.frames(0.05)
        assert frame.console == typed
        end = frame.tsc / vm.tsc_hz
    with VirtualMachine.power_on(PowerOn(replay=str(log))) as vm:
        assert vm.guest.name == "echo.img"
        (*_, again) = vm.frames(end)
        assert (again.console, again.blocks) == (typed, frame.blocks)
    image.write_bytes(boot_sector(SHOUT))
    with pytest.raises(RecordingError, match="log: what was booted has changed"):
        VirtualMachine.power_on(PowerOn(replay=str(log)))
