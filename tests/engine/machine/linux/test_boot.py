# SPDX-License-Identifier: GPL-2.0-or-later
"""What a kernel finds at its entry (The Linux/x86 Boot Protocol, "64-bit boot protocol"; Zero Page)."""

from __future__ import annotations

import gzip
import itertools
import struct
from pathlib import Path

import pytest

from engine.machine import snapshot
from engine.machine.config import MIB, MachineConfig
from engine.machine.linux import boot, initrd
from engine.machine.linux.errors import LinuxError
from engine.machine.machine import Machine
from tests.engine.machine.linux.synthetic import RESULTS, bzimage, vmlinux, with_relocations

FILES = gzip.compress(initrd.archive([initrd.file(name, bytes(2 * MIB)) for name in "ab"]))
INITRD = initrd.archive([initrd.file("init", b"x" * 9000)])


def booted(
    data: bytes, words: str = "console=ttyS0", disk: bytes = b"", ram: int = 48 * MIB, *, kaslr: bool = False
) -> Machine:
    kernel = boot.kernel(data, words, disk, kaslr=kaslr, seed=5)
    machine = Machine(None, MachineConfig(ram_bytes=ram), kernel)
    machine.run_seconds(0.01)
    return machine


def result(machine: Machine, number: int) -> int:
    return machine.memory.read_int(RESULTS + 8 * number, 8)


@pytest.mark.parametrize("data", [vmlinux(), bzimage()], ids=["vmlinux", "bzImage"])
def test_the_state_at_the_entry(data: bytes) -> None:
    with booted(data) as machine:
        zero_page, cr0, cr4, efer, flags, segments, narrow, wide, zeros = (result(machine, n) for n in range(9))
        assert machine.take_console() == b"console=ttyS0"
        assert zero_page == boot.ZERO_PAGE
        assert cr0 & 0x80000001 == 0x80000001
        assert cr4 & 0x20
        assert efer & 0x500 == 0x500
        assert flags & 0x200 == 0
        assert struct.unpack("<4H", segments.to_bytes(8, "little"))[:3] == (0x10, 0x18, 0x18)
        assert (narrow, wide, zeros) == (0x81000040, 0xFFFFFFFF81000080, 0)
        assert machine.halted(0)


def zero_page(machine: Machine) -> bytes:
    return machine.memory.read(result(machine, 0), 4096)


def test_the_zero_page(tmp_path: Path) -> None:
    del tmp_path
    with booted(bzimage(), "quiet console=ttyS0", INITRD) as machine:
        page = zero_page(machine)
        assert page[0x1FE:0x200] == b"\x55\xaa"
        assert page[0x202:0x206] == b"HdrS"
        assert page[0x210] == 0xFF
        assert page[0x211] & 3 == 1
        place, size = struct.unpack_from("<II", page, 0x218)
        assert (place % 4096, machine.memory.read(place, size)) == (0, INITRD)
        (command_line,) = struct.unpack_from("<I", page, 0x228)
        assert machine.memory.read(command_line, 20) == b"quiet console=ttyS0\0"
        (root,) = struct.unpack_from("<Q", page, 0x70)
        assert machine.memory.read(root, 8) == b"RSD PTR "
        assert (page[6], page[7], page[0xE], page[0xF], page[0x10]) == (3, 80, 25, 1, 16)
        regions = [struct.unpack_from("<QQI", page, 0x2D0 + 20 * n) for n in range(page[0x1E8])]
        assert regions[0] == (0, 0x9FC00, 1)
        assert (MIB, 47 * MIB, 1) in regions
        assert all(low[0] + low[1] <= high[0] for low, high in itertools.pairwise(regions))


def test_without_an_initial_ram_disk() -> None:
    with booted(bzimage()) as machine:
        assert struct.unpack_from("<II", zero_page(machine), 0x218) == (0, 0)


@pytest.mark.parametrize("inverse", [True, False])
def test_kaslr_moves_the_kernel_in_virtual_memory(inverse: bool) -> None:
    data = with_relocations(inverse=inverse)
    kernel = boot.kernel(data, "", kaslr=True, seed=5)
    assert kernel.offset % (2 * MIB) == 0
    assert 0 < kernel.offset < 1008 * MIB
    assert kernel.offset != boot.kernel(data, "", kaslr=True, seed=6).offset
    with booted(bzimage(vmlinux_=data), kaslr=True) as machine:
        assert result(machine, 6) == 0x81000040 + kernel.offset
        assert result(machine, 7) == 0xFFFFFFFF81000080 + kernel.offset
        assert zero_page(machine)[0x211] & 2


def test_nokaslr_wins() -> None:
    assert boot.kernel(with_relocations(), "nokaslr quiet", kaslr=True).offset == 0


def test_a_kernel_without_relocations_cannot_be_moved() -> None:
    with pytest.raises(LinuxError, match="built without CONFIG_RANDOMIZE_BASE"):
        boot.kernel(vmlinux(), "", kaslr=True).check_room(48 * MIB)


def test_a_reset_loads_the_kernel_again() -> None:
    with booted(vmlinux(), "once", INITRD) as machine:
        assert machine.take_console() == b"once"
        machine.memory.write(0x1000000, bytes(0x8000))
        machine.reset()
        machine.run_seconds(0.01)
        assert machine.take_console() == b"once"
        assert result(machine, 8) == 0


def test_a_snapshot_needs_the_same_kernel(tmp_path: Path) -> None:
    path = tmp_path / "a.snapshot"
    with booted(vmlinux(), "one") as machine:
        snapshot.save(machine, path)
    with snapshot.restore(path, None, boot.kernel(vmlinux(), "one")) as restored:
        assert restored.halted(0)
    with pytest.raises(snapshot.SnapshotError, match="another disk image or kernel"):
        snapshot.restore(path, None, boot.kernel(vmlinux(), "two"))


@pytest.mark.parametrize(
    ("words", "disk", "ram", "message"),
    [
        ("x" * 2048, b"", 48, "the command line has 2048 bytes; the kernel takes at most 2047"),
        ("", b"", 16, "disk take 17 MiB, and Linux needs about 8 more to start; there are 16; use --memory 25 or more"),
        ("", b"070701" + bytes(MIB), 17, "take 18 MiB, and Linux needs about 8 more to start; there are 17"),
        ("", FILES, 16, "take 17 MiB, and Linux needs about 12 more to start; there are 16; use --memory 29 or more"),
        ("", FILES[:-9], 16, "take 17 MiB, and Linux needs about 8 more to start"),
    ],
)
def test_what_does_not_fit_is_refused(words: str, disk: bytes, ram: int, message: str) -> None:
    with pytest.raises(LinuxError, match=message):
        boot.kernel(vmlinux(), words, disk).check_room(ram * MIB)


def test_an_initial_ram_disk_that_is_none_is_refused() -> None:
    with pytest.raises(LinuxError, match="not an initial RAM disk"):
        boot.kernel(vmlinux(), "", b"none")
