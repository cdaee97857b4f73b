# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that are no raw images, or not whole ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.images import check, holds_linux
from engine.vm.options import BootError
from tests.engine.vm.test_partitions import mbr

OTHERS = {
    "a.qcow2": (
        b"QFI\xfb\0\0\0\3",
        r"a qcow2 image, expected a raw one; convert it: qemu-img convert -O raw .*a.qcow2 .*a.raw",
    ),
    "b.raw": (b"QFI\xfb\0\0\0\3", r"convert -O raw .*b\.raw .*b-converted\.raw"),
    "c d.vmdk": (b"KDMV\1", r"a VMDK image.* '.*c d.vmdk' '.*c d.raw'"),
    "e.img.xz": (b"\xfd7zXZ\0", "packed by xz; unpack it first"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_format_is_told_with_the_command_that_converts_it(tmp_path: Path, name: str) -> None:
    head, message = OTHERS[name]
    with pytest.raises(BootError, match=message):
        check(tmp_path / name, head, 1 << 20)


def test_an_image_that_was_cut_off_is_told_with_the_size_it_should_have() -> None:
    head = mbr((0x80, 0x83, 2048, 2048))
    check(Path("disk.img"), head, 4096 * 512)
    check(Path("disk.img"), bytes(510) + b"\x55\xaa", 512)
    with pytest.raises(
        BootError,
        match=r"disk\.img: 2097151 bytes, but its partition table needs 2097152; .*truncate -s 2097152 disk\.img",
    ):
        check(Path("disk.img"), head, 4096 * 512 - 1)


def test_which_images_hold_linux(tmp_path: Path) -> None:
    linux, dos = tmp_path / "linux", tmp_path / "dos"
    linux.write_bytes(mbr((0x80, 0x83, 2048, 2048)))
    dos.write_bytes(mbr((0x80, 0x0C, 2048, 2048)))
    assert [holds_linux(path) for path in (linux, dos, tmp_path / "none")] == [True, False, False]
