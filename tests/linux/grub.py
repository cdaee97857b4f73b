# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk that GRUB boots: a partition with a kernel, an initial RAM disk and nothing that names them outside."""

from __future__ import annotations

import os
import struct
import subprocess
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
    files, tools, library = (CACHE / name for name in PACKAGES)
    tree = work / "tree"
    tree.mkdir()
    (tree / "vmlinuz").write_bytes(kernel.read_bytes())
    (tree / "initrd.img").write_bytes(initrd)
    partition, core, configuration = work / "partition", work / "core.img", work / "early.cfg"
    size = (kernel.stat().st_size + len(initrd)) // 1024 + 8192
    subprocess.run(["mke2fs", "-q", "-t", "ext2", "-d", str(tree), str(partition), f"{size}k"], check=True)
    configuration.write_text(CONFIGURATION.format(options=options))
    platform = files / "usr/lib/grub/i386-pc"
    command = [str(tools / "usr/bin/grub-mkimage"), "-d", str(platform), "-O", "i386-pc", "-p", "/", "-o", str(core)]
    libraries = {"LD_LIBRARY_PATH": str(library / "lib/x86_64-linux-gnu")}
    subprocess.run([*command, "-c", str(configuration), *MODULES], check=True, env=os.environ | libraries)
    boot = bytearray((platform / "boot.img").read_bytes()[:SECTOR])
    sectors = partition.stat().st_size // SECTOR
    entry = struct.pack("<B3sB3sII", 0x80, b"\xfe\xff\xff", LINUX, b"\xfe\xff\xff", FIRST_SECTOR, sectors)
    boot[TABLE:SIGNATURE] = entry.ljust(SIGNATURE - TABLE, b"\0")
    boot[SIGNATURE:] = b"\x55\xaa"
    return bytes(boot) + core.read_bytes().ljust((FIRST_SECTOR - 1) * SECTOR, b"\0") + partition.read_bytes()
