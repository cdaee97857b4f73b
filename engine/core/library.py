# SPDX-License-Identifier: GPL-2.0-or-later
"""Loads the compiled core by what its headers declare (cffi, out-of-line ABI mode)."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any, TypeAlias

from engine.core.tables import SOURCES
from engine.errors import VptopError

Handle: TypeAlias = Any
"""A C value: cffi has no types for them."""
_BUILT = Path(__file__).parent / ("libvpcore.dylib" if sys.platform == "darwin" else "libvpcore.so")
LIBRARY = Path(os.environ.get("VPTOP_CORE", _BUILT))
"""The core; `make sanitize` puts another build of it here."""


class CoreError(VptopError):
    """The core is missing, or refused something. Rebuild or reinstall it; or ask for less, as the message says."""


def constants(header: str) -> dict[str, int]:
    """The numeric defines of a header, by name."""
    text = (SOURCES / header).read_text("utf-8")
    defines = re.findall(r"^#define (\w+) (0x[0-9A-Fa-f]+|\d+)\b", text, re.MULTILINE)
    return {name: int(value, 0) for name, value in defines}


def _load() -> tuple[Any, Any]:
    if not LIBRARY.exists():
        raise CoreError(f"{LIBRARY.name} is not built: run `make build` in a checkout, or reinstall the wheel")
    from engine.core.declarations import ffi  # built with the library

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
