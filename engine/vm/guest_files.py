# SPDX-License-Identifier: GPL-2.0-or-later
"""Files in which clients of a VM read what is known of the guest's kernel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.guest.guest import Guest
from engine.guest.linux.btf import Btf
from engine.vm.protocol import Notice

SYMBOLS = "kernel.sym"
"""File in the VM's directory for symbols that were found in the guest's memory."""
TYPES = "kernel.btf"
"""File in the VM's directory for the types of the guest's kernel."""


class GuestFiles:
    """Writes what was found in the guest's memory, once for each kernel."""

    def __init__(self, directory: Path, tell: Callable[[Notice], None]) -> None:
        """Begin without files.

        Args:
            directory: of the VM.
            tell: takes what went wrong.
        """
        self._directory = directory
        self._tell = tell
        self._version = -1
        self._types: Btf | None = None

    def symbols(self, guest: Guest, version: int) -> str:
        """The path of its symbols; empty when none are known.

        Args:
            guest: what is known of the guest.
            version: changes with that.
        """
        if guest.symbol_file is not None or not guest.symbols:
            return str(guest.symbol_file or "")
        path = self._directory / SYMBOLS
        if version != self._version:
            if not self._written(path, lambda: guest.symbols.write(path), "addresses without symbols"):
                return ""
            self._version = version
        return str(path)

    def types(self, guest: Guest) -> str:
        """The path of its types (BTF); empty when none are known."""
        types = guest.types
        if types is None:
            return ""
        path = self._directory / TYPES
        if types is not self._types:
            if not self._written(path, lambda: path.write_bytes(types.data), "no types of the guest"):
                return ""
            self._types = types
        return str(path)

    def _written(self, path: Path, write: Callable[[], object], without: str) -> bool:
        try:
            write()
        except OSError as error:
            self._tell(Notice("warning", f"{path}: {error.strerror}: clients see {without}"))
            return False
        return True
