# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbol files as the toolkit reads them: kallsyms text, ELF, and what WinDbg prints for `x module!*`."""

from __future__ import annotations

from pathlib import Path

from engine.emmett.symbol_file import parse_symbols
from engine.guest import symbol_files
from engine.guest.symbols import SymbolError, Symbols


def read_symbols(path: Path) -> Symbols:
    """The symbols of a file.

    Raises:
        SymbolError: it cannot be read, or there are none in it.
    """
    try:
        return symbol_files.read(path)
    except SymbolError:
        try:
            found = parse_symbols(path.read_text("utf-8", "replace"))
        except OSError as error:
            raise SymbolError(f"{path}: {error.strerror or error}") from error
        if not found:
            raise
        return Symbols((address, "T", name) for name, address in found.items())
