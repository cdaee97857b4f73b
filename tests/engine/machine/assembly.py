# SPDX-License-Identifier: GPL-2.0-or-later
"""Assembles the small guests of the tests: each source once, for all runs of the tests and all of their workers."""

from __future__ import annotations

import hashlib
import os
import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import ziglang

from buildtools.toolchain import WORK

Target = Literal["x86", "x86_64"]
KEPT = WORK / "guests"
"""What was assembled, by a digest of all that it was made of."""
TOOLS: dict[Target, tuple[str, str]] = {
    "x86": ("i386-unknown-none-elf", "elf_i386"),
    "x86_64": ("x86_64-unknown-none-elf", "elf_x86_64"),
}
"""What the assembler calls a target, and what the linker does."""
_ZIG = Path(ziglang.__file__).with_name("zig")
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
"""Without the address sanitizer's library, which takes longer to start than the assembler."""


@cache
def assembled(source: str, script: str, target: Target, *, flat: bool = True) -> bytes:
    """What a source in AT&T syntax becomes, linked by a script: an ELF file, or, flat, its memory."""
    digest = hashlib.sha256(repr((version("ziglang"), source, script, target, flat)).encode()).hexdigest()
    kept = KEPT / digest
    if not kept.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=KEPT) as folder:
            made = _made(Path(folder), source, script, target, flat=flat)
            made.replace(kept)  # whole or not at all: other workers may want it now
    return kept.read_bytes()


def _made(folder: Path, source: str, script: str, target: Target, *, flat: bool) -> Path:
    code, linking, object_, out = (folder / name for name in ("guest.S", "guest.ld", "guest.o", "guest"))
    code.write_text(source)
    linking.write_text(script)
    triple, emulation = TOOLS[target]
    _zig("clang", "-target", triple, "-c", "-o", str(object_), str(code))
    kind = ("--oformat", "binary") if flat else ()
    _zig("ld.lld", "-m", emulation, "-T", str(linking), *kind, "-o", str(out), str(object_))
    return out


def _zig(*arguments: str) -> None:
    """Run a tool of zig by itself: `zig cc` would look in caches of its own, and start twice more."""
    subprocess.run([_ZIG, *arguments], check=True, env=_ENVIRONMENT)
