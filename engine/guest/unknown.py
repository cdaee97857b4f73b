# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest of which nothing is known: processes are told apart by their address spaces, on any operating system."""

from __future__ import annotations

from pathlib import Path

from engine.guest.guest import StaticGuest
from engine.guest.symbols import Symbols

PRELUDE = """\
(defstring os~name)

; Processes are told apart by their address spaces: the page tables CR3 points to.
(defun curpid () (>> CR3 12))

(defun curprocname ()
  (sprintf os~name "cr3 0x%x" (& CR3 0xfffffffffffff000))
  os~name)
"""
"""`curprocname` and `curpid`, so that scripts written for any guest load here too."""


def unknown_guest(name: str, symbols: Symbols | None = None, symbol_file: Path | None = None) -> StaticGuest:
    """A guest with that name, and the symbols its kernel names itself if it names any."""
    return StaticGuest(name, PRELUDE, symbols, symbol_file)
