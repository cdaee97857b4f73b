# SPDX-License-Identifier: GPL-2.0-or-later
"""The C core: a shared library beside engine/core, and the same sources under sanitizers."""

from __future__ import annotations

import platform
import sys

from buildtools.declarations import write_module
from buildtools.toolchain import CC, ROOT, WORK, Target, run, sources_in

FOLDER = ROOT / "engine" / "core"
SOURCES = FOLDER / "src"
GLIBC = "2.28"
"""The oldest glibc that a wheel runs on: that of manylinux_2_28."""
LINUX = sys.platform == "linux"
LIBRARY = FOLDER / ("libvpcore.so" if LINUX else "libvpcore.dylib")
DECLARATIONS = FOLDER / "declarations.py"
HEADERS = (SOURCES / "include" / "vpcore.h", SOURCES / "include" / "machine.h")
"""What the library exports, in the order in which they depend on each other."""
SANITIZED = WORK / "sanitized" / "libvpcore.so"
COMMON = (
    "-std=gnu11",
    f"-I{SOURCES}",
    "-g",
    "-fPIC",
    "-shared",
    "-Wall",
    "-Wextra",
    "-Wmissing-prototypes",
    "-Werror",
    "-fno-strict-aliasing",
)
# Functions of the library call each other directly and not through its linkage table, as on macOS.
TARGET = ("-target", f"{platform.machine()}-linux-gnu.{GLIBC}", "-Wl,-Bsymbolic") if LINUX else ()
FLAGS = (*TARGET, *COMMON, "-O2", "-fomit-frame-pointer", "-fvisibility=default", "-fno-sanitize=all")
SANITIZER_FLAGS = (
    *COMMON,
    "-O1",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=undefined",
    "-fno-omit-frame-pointer",
)


def _c_files() -> list[str]:
    return [str(path) for path in sources_in(SOURCES, ".c")]


def _make() -> None:
    """A running process may have the old library mapped, so the new one is renamed over it."""
    fresh = LIBRARY.with_suffix(".new")
    run([*CC, *FLAGS, "-o", str(fresh), *_c_files(), "-ldl"])
    fresh.replace(LIBRARY)
    write_module(HEADERS, DECLARATIONS)


def _make_sanitized() -> None:
    SANITIZED.parent.mkdir(parents=True, exist_ok=True)
    run(["gcc", *SANITIZER_FLAGS, "-o", str(SANITIZED), *_c_files(), "-ldl"])


_SOURCES = tuple(sources_in(SOURCES, ".c", ".h"))
CORE = Target("core", (LIBRARY, DECLARATIONS), _SOURCES, FLAGS, _make)
SANITIZED_CORE = Target("sanitized", (SANITIZED,), _SOURCES, SANITIZER_FLAGS, _make_sanitized)
"""Compiled with gcc so that an invalid access or undefined operation ends the process."""
