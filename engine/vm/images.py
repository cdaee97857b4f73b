# SPDX-License-Identifier: GPL-2.0-or-later
"""Which files are raw images of disks, and whether they are whole."""

from __future__ import annotations

import shlex
from pathlib import Path

from engine.vm.files import head
from engine.vm.options import BootError
from engine.vm.partitions import SECTOR, partition_table

_FORMATS = {
    (0, b"QFI\xfb"): "a qcow2 image",
    (0, b"KDMV"): "a VMDK image",
    (0, b"# Disk DescriptorFile"): "a description of a VMDK image",
    (0x40, b"\x7f\x10\xda\xbe"): "a VDI image",
    (0, b"conectix"): "a VHD image",
    (0, b"vhdxfile"): "a VHDX image",
}
"""Formats of disk images other than raw, by offset and magic bytes."""
_PACKED = {
    (0, b"\xfd7zXZ\0"): "packed by xz; unpack it first",
    (0, b"BZh"): "packed by bzip2; unpack it first",
    (0, b"\x28\xb5\x2f\xfd"): "packed by zstd; unpack it first",
    (0, b"PK\x03\x04"): "a zip archive; unpack it first",
}


def holds_linux(path: Path) -> bool:
    """Whether a file is a disk image with a partition of Linux; False where it cannot be read."""
    try:
        table = partition_table(head(path)[0])
    except BootError:
        return False
    return table is not None and table.linux


def check(path: Path, start: bytes, size: int) -> None:
    """Accept a raw image by its first bytes and its size.

    Raises:
        BootError: it is of another format, or was cut off; says what to do.
    """
    for (offset, magic), what in _FORMATS.items():
        if start[offset : offset + len(magic)] == magic:
            raw = path.with_suffix(".raw") if path.suffix != ".raw" else path.with_name(f"{path.stem}-converted.raw")
            command = shlex.join(("qemu-img", "convert", "-O", "raw", str(path), str(raw)))
            raise BootError(f"{path}: {what}, expected a raw one; convert it: {command}")
    for (offset, magic), what in _PACKED.items():
        if start[offset : offset + len(magic)] == magic:
            raise BootError(f"{path}: {what}")
    table = partition_table(start)
    if table is not None and table.sectors * SECTOR > size:
        whole = table.sectors * SECTOR
        raise BootError(
            f"{path}: {size} bytes, but its partition table needs {whole}; the image was cut off. Get it again, or, "
            f"if the rest is empty, append zeros: {shlex.join(('truncate', '-s', str(whole), str(path)))}"
        )
