# SPDX-License-Identifier: GPL-2.0-or-later
"""The bundled guest: its image, its symbols and its VP prelude."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.guest import symbol_files
from engine.guest.bundled_tables import process_table
from engine.guest.guest import Process, StaticGuest
from engine.guest.symbols import Symbols
from engine.guest.unknown import MAPPINGS

if TYPE_CHECKING:
    from engine.core.binding import Core

DIRECTORY = Path(__file__).with_name("bundled")
DISK_IMAGE = DIRECTORY / "disk.img"
SYMBOL_FILE = DIRECTORY / "kernel.sym"
NAME = "bundled guest"
LEAST_MEMORY_MIB = 48
"""Its kernel hands out 32 MiB of pages from 16 MiB on."""

# The manual's sample (p. 31) in the form this version of VP has: three arguments for getgueststr, offatstrcpy for its
# misprint. Unlike there, nothing is searched or read before the kernel has set up its per-CPU data, so a script may
# ask for the process while the guest boots. A `~` in a name keeps helpers apart from whatever a script defines.
_PRELUDE = """\
(definteger os~pid-offset)
(definteger os~name-offset)
(defstring os~name)

; Where the kernel keeps what it knows about this CPU: GSBASE, or KERNELGSBASE while a process has its own GS.
(defun os~cpu ()
  (cond ((>= GSBASE 0x100000000) GSBASE)
        (1 KERNELGSBASE)))

; The current task; 0 until the kernel has one.
(defun os~task ()
  (cond ((< (os~cpu) 4096) 0)
        (1 (getguest (os~cpu)))))

; Learn the places of number and name within a task from the kernel's own code, once.
(defun os~learn ()
  (cond ((== os~name-offset 0)
         (do (setint os~pid-offset (offatret {sys_getpid:#x}))
             (setint os~name-offset (offatstrcpy {get_task_comm:#x} {strncpy:#x}))))))

(defun os~pid-of (task)
  (cond ((< task 4096) 0)
        (1 (do (os~learn)
               (getguest (+ os~pid-offset task))))))

(defun os~name-of (task)
  (cond ((< task 4096) (setstr os~name "<NULL>"))
        (1 (do (os~learn)
               (getgueststr os~name 255 (+ os~name-offset task)))))
  os~name)

(defun curpid ()
  (os~pid-of (os~task)))

(defun curprocname ()
  (os~name-of (os~task)))
"""


@cache
def symbols() -> Symbols:
    """The kernel's symbols.

    Raises:
        SymbolError: the guest was not built (`make build`).
    """
    return symbol_files.read(SYMBOL_FILE)


@cache
def _prelude() -> str:
    table = symbols()
    names = ("sys_getpid", "get_task_comm", "strncpy")
    return _PRELUDE.format(**{name: table[name] for name in names}) + MAPPINGS


class BundledGuest(StaticGuest):
    """The guest of guestimg/, whose kernel's tables are read by symbol."""

    def __init__(self) -> None:
        super().__init__(NAME, _prelude(), symbols(), SYMBOL_FILE)

    def processes(self, core: Core) -> Sequence[Process]:
        """The kernel's process table."""
        return process_table(core, self.symbols)
