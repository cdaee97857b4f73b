# SPDX-License-Identifier: GPL-2.0-or-later
"""A program that is not stripped and keeps frame pointers, position-independent, without any library."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

CALLS = ("innermost", "middle", "outermost", "begin")
"""Its functions, each called by the next."""
_SOURCE = """
static volatile long sum;
__attribute__((noinline)) void innermost(long times) { for (long i = 0; i < times; i++) sum += i; }
__attribute__((noinline)) static void middle(long times) { innermost(times); sum++; }
__attribute__((noinline)) void outermost(long times) { while (times--) { middle(20000); sum++; } }
void begin(void)
{
    outermost(200);
    __asm__ volatile("syscall" : : "a"(231L), "D"(0L));   /* exit_group(0) */
    for (;;) { }
}
"""
_OPTIONS = (
    "-target", "x86_64-linux-none", "-O1", "-fPIE", "-pie", "-nostdlib", "-fno-stack-protector",
    "-fno-omit-frame-pointer", "-mno-omit-leaf-frame-pointer", "-Wl,-e,begin",
)  # fmt: skip


@cache
def program() -> bytes:
    """The ELF file."""
    with TemporaryDirectory() as folder:
        source, made = Path(folder, "program.c"), Path(folder, "program")
        source.write_text(_SOURCE)
        subprocess.run([sys.executable, "-m", "ziglang", "cc", *_OPTIONS, "-o", str(made), str(source)], check=True)
        return made.read_bytes()
