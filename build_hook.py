# SPDX-License-Identifier: GPL-2.0-or-later
"""Build the C core and the bundled guest with `python -m ziglang cc`.

Hatchling calls `BuildHook` for every wheel and every editable install; `python build_hook.py` does the same by hand
(the Makefile uses it). Nothing is rebuilt whose sources have not changed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
CORE = ROOT / "engine" / "core"
GUEST = ROOT / "engine" / "guest" / "bundled"
BIOS = ROOT / "engine" / "machine" / "bios"
BIOS_FLAGS = [
    "-target",
    "x86-freestanding-none",
    "-mcpu=i386",
    "-std=gnu11",
    "-Os",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wno-unused-command-line-argument",  # zig adds -c to -S
    "-ffreestanding",
    "-fno-builtin",
    "-fno-pic",
    "-fno-jump-tables",
    "-fno-stack-protector",
    "-fno-sanitize=all",
    "-fno-asynchronous-unwind-tables",
    "-fomit-frame-pointer",
]
LIBRARY = CORE / ("libvpcore.dylib" if sys.platform == "darwin" else "libvpcore.so")
SHARED_FLAGS = [
    "-std=gnu11",
    f"-I{CORE / 'src'}",
    "-g",
    "-fPIC",
    "-shared",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-fno-strict-aliasing",
]
CORE_FLAGS = [*SHARED_FLAGS, "-O2", "-fomit-frame-pointer", "-fvisibility=default", "-fno-sanitize=all"]


SANITIZED = ROOT / "build" / "sanitized" / "libvpcore.so"
SANITIZER_FLAGS = [
    *SHARED_FLAGS,
    "-O1",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=undefined",
    "-fno-omit-frame-pointer",
]


def run(command: list[str]) -> None:
    """Run a compiler; its messages go to the terminal, failure ends the build."""
    environment = os.environ | {"ZIG_GLOBAL_CACHE_DIR": os.environ.get("ZIG_GLOBAL_CACHE_DIR", str(ROOT / "build/zig"))}
    subprocess.run(command, check=True, env=environment, cwd=ROOT)


def zig_cc() -> list[str]:
    """The C compiler that pip brought."""
    return [sys.executable, "-m", "ziglang", "cc"]


def digest(sources: list[Path], extra: str) -> str:
    """A fingerprint of source files and flags."""
    state = hashlib.sha256(extra.encode())
    for path in sources:
        state.update(path.name.encode() + b"\0" + path.read_bytes())
    return state.hexdigest()


def is_current(stamp: Path, mark: str, outputs: list[Path]) -> bool:
    """True when all outputs exist and were built from the same sources."""
    return all(path.exists() for path in outputs) and stamp.exists() and stamp.read_text() == mark


def write_stamp(stamp: Path, mark: str) -> None:
    """Remember what the outputs were built from."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(mark)


def build_core() -> Path:
    """Compile engine/core/src into the shared library beside the package."""
    sources = sorted((CORE / "src").rglob("*.c"))
    mark = digest(sources + sorted((CORE / "src").rglob("*.h")), " ".join(CORE_FLAGS))
    stamp = ROOT / "build" / "core.stamp"
    if not is_current(stamp, mark, [LIBRARY]):
        fresh = LIBRARY.with_suffix(".new")
        run([*zig_cc(), *CORE_FLAGS, "-o", str(fresh), *map(str, sources), "-ldl"])
        fresh.replace(LIBRARY)
        write_stamp(stamp, mark)
    return LIBRARY


def build_sanitized() -> Path:
    """Compile the core with the system's gcc so that every stray access and undefined operation ends the process."""
    SANITIZED.parent.mkdir(parents=True, exist_ok=True)
    run(["gcc", *SANITIZER_FLAGS, "-o", str(SANITIZED), *map(str, sorted((CORE / "src").rglob("*.c"))), "-ldl"])
    return SANITIZED


def build_guest() -> list[Path]:
    """Build the bundled guest: disk image and symbol file (guestimg/build.py knows how)."""
    recipe = ROOT / "guestimg" / "build.py"
    sources = sorted(
        path for path in (ROOT / "guestimg").rglob("*") if path.suffix in {".c", ".h", ".S", ".s", ".ld", ".py"}
    )
    outputs = [GUEST / "disk.img", GUEST / "kernel.sym"]
    mark = digest(sources, "")
    stamp = ROOT / "build" / "guest.stamp"
    if not is_current(stamp, mark, outputs):
        GUEST.mkdir(parents=True, exist_ok=True)
        run([sys.executable, str(recipe), str(GUEST)])
        write_stamp(stamp, mark)
    return outputs


def build_bios() -> Path:
    """Build the BIOS services: C compiled for 32 bits and assembled for real mode, linked for segment 0xf000."""
    sources = sorted(path for path in BIOS.iterdir() if path.suffix in {".c", ".h", ".S", ".ld"})
    output, work = BIOS / "bios.bin", ROOT / "build" / "bios"
    mark = digest(sources, " ".join(BIOS_FLAGS))
    stamp = ROOT / "build" / "bios.stamp"
    if not is_current(stamp, mark, [output]):
        work.mkdir(parents=True, exist_ok=True)
        objects = []
        for path in (path for path in sources if path.suffix in {".c", ".S"}):
            assembly, object_ = work / f"{path.stem}.S", work / f"{path.stem}.o"
            if path.suffix == ".c":
                run([*zig_cc(), *BIOS_FLAGS, "-S", "-o", str(assembly), str(path)])
                assembly.write_text(".code16gcc\n" + assembly.read_text())
            else:
                assembly = path
            run([*zig_cc(), *BIOS_FLAGS, "-c", "-o", str(object_), str(assembly)])
            objects.append(str(object_))
        linker = [sys.executable, "-m", "ziglang", "ld.lld", "-m", "elf_i386"]
        run(
            [
                *linker,
                "-T",
                str(BIOS / "bios.ld"),
                "--entry=vectors",
                "--oformat",
                "binary",
                "-o",
                str(output),
                *objects,
            ]
        )
        write_stamp(stamp, mark)
    return output


class BuildHook(BuildHookInterface[BuilderConfig]):
    """Hatchling's entry: build both, and mark the wheel as bound to this platform."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before files are collected. `version` is `standard` or `editable`."""
        del version
        if self.target_name == "wheel":
            build_core()
            build_guest()
            build_bios()
            build_data["pure_python"] = False
            build_data["infer_tag"] = True


if __name__ == "__main__":
    which = sys.argv[1:] or ["core", "guest", "bios"]
    if "core" in which:
        sys.stdout.write(f"{build_core().relative_to(ROOT)}\n")
    if "sanitized" in which:
        sys.stdout.write(f"{build_sanitized().relative_to(ROOT)}\n")
    if "guest" in which:
        sys.stdout.writelines(f"{path.relative_to(ROOT)}\n" for path in build_guest())
    if "bios" in which:
        sys.stdout.write(f"{build_bios().relative_to(ROOT)}\n")
