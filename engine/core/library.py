# SPDX-License-Identifier: GPL-2.0-or-later
"""Loads the compiled core through its headers (cffi, ABI mode)."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any, TypeAlias

from cffi import FFI

from engine.core.tables import SOURCES
from engine.errors import VptopError

Handle: TypeAlias = Any
"""A C value: cffi has no types for them."""
_BUILT = Path(__file__).parent / ("libvpcore.dylib" if sys.platform == "darwin" else "libvpcore.so")
LIBRARY = Path(os.environ.get("VPTOP_CORE", _BUILT))
"""The core; `make sanitize` puts another build of it here."""
HEADERS = ("include/vpcore.h", "include/machine.h")
"""What the library exports, in the order in which they depend on each other."""


class CoreError(VptopError):
    """The core is missing, or refused something. Rebuild or reinstall it; or ask for less, as the message says."""


def declarations(header: str) -> str:
    """A header as cffi reads it: numeric defines stay, every other preprocessor line goes."""
    text = (SOURCES / header).read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#") or re.match(r"#define \w+ \d+\b", line))
    return re.sub(r"^(#define \w+ \d+).*$", r"\1", "\n".join(lines), flags=re.MULTILINE)


def constants(header: str) -> dict[str, int]:
    """The numeric defines of a header, by name."""
    text = (SOURCES / header).read_text("utf-8")
    defines = re.findall(r"^#define (\w+) (0x[0-9A-Fa-f]+|\d+)\b", text, re.MULTILINE)
    return {name: int(value, 0) for name, value in defines}


def _load() -> tuple[FFI, Any]:
    ffi = FFI()
    for header in HEADERS:
        ffi.cdef(declarations(header))
    if not LIBRARY.exists():
        raise CoreError(f"{LIBRARY.name} is not built: run `make build` in a checkout, or reinstall the wheel")
    return ffi, ffi.dlopen(str(LIBRARY))


ffi, lib = _load()


class Failure:
    """A vpc_error: where a function of the core says why it failed."""

    def __init__(self) -> None:
        self.pointer: Any = ffi.new("vpc_error *")

    def check(self, result: Handle) -> Handle:
        """The result of a function that was given `pointer`.

        Raises:
            CoreError: the result is NULL or not 0, with the reason that the core gives.
        """
        failed = result == ffi.NULL if isinstance(result, ffi.CData) else result != 0
        if failed:
            raise CoreError(ffi.string(self.pointer.message).decode())
        return result
