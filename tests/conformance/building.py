# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds the test kernels: each C file of `kernels` with the common start, an ELF file with a Multiboot header."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SOURCES = Path(__file__).with_name("kernels")
_COMPILE = ("cc", "-target", "x86-freestanding-none", "-O1", "-ffreestanding", "-fno-stack-protector", "-mno-sse")


def build(name: str, folder: Path) -> Path:
    """A kernel by the name of its source, built into a folder."""
    objects = []
    for source in (SOURCES / "start.S", SOURCES / f"{name}.c"):
        objects.append(folder / f"{source.name}.o")
        _zig(*_COMPILE, "-fno-sanitize=all", "-c", "-o", str(objects[-1]), str(source))
    kernel = folder / f"{name}.elf"
    _zig("ld.lld", "-m", "elf_i386", "-T", str(SOURCES / "kernel.ld"), "-o", str(kernel), *map(str, objects))
    return kernel


def _zig(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "ziglang", *arguments], check=True)
