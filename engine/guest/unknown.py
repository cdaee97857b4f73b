# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest of which nothing is known: any operating system, with processes identified by address space."""

from __future__ import annotations

from pathlib import Path

from engine.guest.guest import StaticGuest
from engine.guest.symbols import Symbols

MAPPINGS = """
(defstring os~place)
(defstring os~frames)

; What the running process has mapped at an address, and the offset in it; the address where that is not known.
(defun curmapping (address)
  (guestmapping os~place address)
  os~place)

; The stack of a process by its frame pointers, as gueststack writes one; empty in the kernel.
(defun curuserstack ()
  (cond ((!= (& CS 3) 3) (setstr os~frames ""))
        (1 (gueststack os~frames)))
  os~frames)
"""
"""`curmapping` and `curuserstack`, which are the same for all guests: the core knows the mappings or not."""
PRELUDE = f"""\
(defstring os~name)

; A process is identified by its address space: the page tables that CR3 points to.
(defun curpid () (>> CR3 12))

(defun curprocname ()
  (sprintf os~name "cr3 0x%x" (& CR3 0xfffffffffffff000))
  os~name)
{MAPPINGS}"""
"""`curprocname`, `curpid` and what follows, so that scripts written for any guest load here too."""


def unknown_guest(name: str, symbols: Symbols | None = None, symbol_file: Path | None = None) -> StaticGuest:
    """A guest with that name, and the symbols its kernel names itself if it names any."""
    return StaticGuest(name, PRELUDE, symbols, symbol_file)
