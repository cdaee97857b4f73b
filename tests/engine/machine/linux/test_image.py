# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel files: what is read from good ones, what is said about others."""

from __future__ import annotations

import gzip
import struct

import pytest

from engine.machine.linux import image
from engine.machine.linux.errors import LinuxError
from tests.engine.machine.linux.synthetic import BASE, COMPRESSORS, bzimage, vmlinux


@pytest.mark.parametrize("compression", COMPRESSORS)
def test_a_bzimage_of_every_compression(compression: str) -> None:
    kernel = image.read(bzimage(compression, cmdline_size=300))
    assert (kernel.version, kernel.compression) == ("9.8.7-synthetic", compression)
    assert kernel.vmlinux.data == vmlinux()
    assert kernel.command_line_bytes == 300
    assert kernel.vmlinux.entry == kernel.vmlinux.start == BASE
    assert kernel.setup[0x202 - 0x1F1 :][:4] == b"HdrS"


def test_a_plain_vmlinux() -> None:
    kernel = image.read(vmlinux())
    assert (kernel.version, kernel.compression, kernel.vmlinux.entry) == ("9.8.7-synthetic", "", BASE)
    assert kernel.setup[0x202 - 0x1F1 :][:4] == b"HdrS"


def changed(offset: int, form: str, value: int) -> bytes:
    data = bytearray(vmlinux())
    struct.pack_into(form, data, offset, value)
    return bytes(data)


WRONG = {
    "nothing": (b"", "nor an ELF file (the file is empty)"),
    "initial RAM disk": (
        b"070701" + bytes(200),
        "a cpio archive, as initial RAM disks are, and no Linux kernel; name it",
    ),
    "text": (b"#!/bin/sh\n" * 100, "not a Linux kernel: neither a bzImage (`HdrS` at offset 0x202) nor an ELF file"),
    "compressed as a whole": (
        gzip.compress(vmlinux()),
        "compressed by gzip: an initial RAM disk, which --initrd takes, or a kernel to decompress",
    ),
    "cut off in the setup": (bzimage()[:0x210], "no boot signature"),
    "without signature": (bzimage(boot_flag=0), "no boot signature 55 AA at offset 0x1fe"),
    "cut off": (bzimage()[:-500], "the kernel was cut off: the file has "),
    "32-bit": (bzimage(xloadflags=0), "a 32-bit kernel; expected one for x86-64"),
    "old": (bzimage(version=0x0204), "boot protocol 2.04, older than Linux 3.8; expected 2.12 or later"),
    "payload elsewhere": (bzimage(payload_offset=1 << 20), "its payload is not in the file"),
    "payload of unknown kind": (bzimage(payload_offset=0x2F0), "unknown compression: begins with 00 00 00 00"),
    "payload of another size": (bzimage("xz", payload_length=300), "damaged xz data"),
    "no kernel packed": (bzimage(vmlinux_=b"no kernel" * 10), "a damaged ELF file, or one that was cut off: 90 bytes"),
    "for another processor": (changed(18, "<H", 183), "an ELF file for AArch64; expected a kernel for x86-64"),
    "ELF of 32 bits": (b"\x7fELF\1\1", "a 32-bit ELF file; expected a kernel for x86-64"),
    "relocatable": (changed(16, "<H", 1), "no executable"),
    "entry outside": (changed(24, "<Q", 0x10), "entry 0x10 is in no segment"),
    "ELF cut off": (vmlinux()[:0x1100], "cut off"),
    "another ELF file": (vmlinux().replace(b"Linux version", b"Minix version"), "no `Linux version` in it"),
}


@pytest.mark.parametrize("name", WRONG)
def test_other_files_are_refused_with_a_reason(name: str) -> None:
    data, message = WRONG[name]
    with pytest.raises(LinuxError) as refused:
        image.read(data)
    assert message in str(refused.value)


@pytest.mark.parametrize("compression", COMPRESSORS)
@pytest.mark.parametrize("place", [40, 200, -40])
def test_damaged_payloads_are_refused_or_read_whole(compression: str, place: int) -> None:
    """Formats with checksums notice; in the others a changed byte may only change the kernel."""
    data = bytearray(bzimage(compression))
    start = 5 * 512 + 0x300
    data[start + place if place > 0 else place] ^= 0x55
    try:
        kernel = image.read(bytes(data))
    except LinuxError:
        return
    assert len(kernel.vmlinux.data) == len(vmlinux())
