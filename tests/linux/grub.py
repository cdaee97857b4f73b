# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks that GRUB boots: a partition with a kernel and an initial RAM disk, or with a whole distribution."""

from __future__ import annotations

import os
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

from engine.vm.linux import cache

CACHE = cache.directory()
"""Of the person who runs the tests, as it is before they start."""
PACKAGES = ("grub-pc-bin", "grub-common", "libdevmapper1.02.1")
MODULES = ("biosdisk", "part_msdos", "ext2", "linux", "serial", "terminal", "normal", "boot")
CONFIGURATION = """\
serial --unit=0 --speed=115200
terminal_output serial
set root=(hd0,msdos1)
linux /vmlinuz {options}
initrd /initrd.img
boot
"""
SECTOR, FIRST_SECTOR = 512, 2048
TABLE, SIGNATURE = 0x1BE, 0x1FE
LINUX = 0x83


def disk(kernel: Path, initrd: bytes, work: Path, options: str = "console=ttyS0 quiet") -> bytes:
    """The image, made in a folder; `options` are the kernel's."""
    tree, configuration, image = work / "tree", work / "early.cfg", work / "image"
    tree.mkdir()
    (tree / "vmlinuz").write_bytes(kernel.read_bytes())
    (tree / "initrd.img").write_bytes(initrd)
    configuration.write_text(CONFIGURATION.format(options=options))
    core = core_image(work, ("-p", "/", "-c", str(configuration)), MODULES)
    write(image, tree, core, ("-t", "ext2"), (kernel.stat().st_size + len(initrd)) // 1024 + 8192)
    return image.read_bytes()


def core_image(work: Path, options: Sequence[str], modules: Sequence[str]) -> bytes:
    """GRUB itself, as grub-mkimage(1) puts it together."""
    files, tools, library = (CACHE / name for name in PACKAGES)
    core, platform = work / "core.img", files / "usr/lib/grub/i386-pc"
    command = [str(tools / "usr/bin/grub-mkimage"), "-d", str(platform), "-O", "i386-pc", "-o", str(core), *options]
    libraries = {"LD_LIBRARY_PATH": str(library / "lib/x86_64-linux-gnu")}
    subprocess.run([*command, *modules], check=True, env=os.environ | libraries)
    return core.read_bytes()


def write(image: Path, tree: Path, core: bytes, options: Sequence[str], kib: int) -> None:
    """Write a sparse image with one partition of `kib` that holds a tree; `options` are those of mke2fs(8)."""
    offset = FIRST_SECTOR * SECTOR
    place = ("-E", f"offset={offset}", "-d", str(tree), str(image), f"{kib}k")
    subprocess.run(["mke2fs", "-q", "-F", *options, *place], check=True)
    boot = bytearray((CACHE / PACKAGES[0] / "usr/lib/grub/i386-pc/boot.img").read_bytes()[:SECTOR])
    entry = struct.pack("<B3sB3sII", 0x80, b"\xfe\xff\xff", LINUX, b"\xfe\xff\xff", FIRST_SECTOR, kib * 1024 // SECTOR)
    boot[TABLE:SIGNATURE] = entry.ljust(SIGNATURE - TABLE, b"\0")
    boot[SIGNATURE:] = b"\x55\xaa"
    with image.open("r+b") as file:
        file.write(bytes(boot) + core)
        file.truncate(offset + kib * 1024)
