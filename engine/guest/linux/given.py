# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbols of a kernel that a person names a file of, and whether they are those of the kernel that runs."""

from __future__ import annotations

from engine.guest.linux.kernel import Kernel, Read, moved, of_bytes
from engine.guest.linux.running import ALIGNMENT, HANDLERS
from engine.guest.linux.symbol_table import KERNEL_MAP
from engine.guest.symbols import Symbols

BANNER = "linux_banner"
_EARLY = "early_idt_handler_array"
"""What gate 14 leads into while the kernel starts: 32 handlers of at most 16 bytes (arch/x86/kernel/head_64.S)."""
_EARLY_BYTES = 32 * 16


class GivenSymbols:
    """The symbols in a file."""

    def __init__(self, name: str, symbols: Symbols) -> None:
        """Take symbols, of which those of modules are left out: these are elsewhere each time.

        Args:
            name: display name of the file.
            symbols: as the file has them.
        """
        self.name = name
        end = symbols.get("_end")
        self.symbols = [one for one in symbols.triples() if end is None or not KERNEL_MAP <= end < one[0]]
        """address, letter and name of each"""
        self._banner = symbols.get(BANNER)
        self._handlers = [at for handler in HANDLERS if (at := symbols.get(handler)) is not None]
        self._early = symbols.get(_EARLY)

    def __len__(self) -> int:
        return len(self.symbols)

    def distance(self, handler: int, read: Read) -> int | None:
        """How far above these symbols their kernel runs; None when it is not what runs.

        Args:
            handler: where page faults lead.
            read: reads at the addresses of the kernel that runs.
        """
        found = next((handler - at for at in self._handlers if (handler - at) % ALIGNMENT == 0), None)
        if found is None and self._early is not None and (handler - self._early) % ALIGNMENT < _EARLY_BYTES:
            found = (handler - self._early) // ALIGNMENT * ALIGNMENT
        if found is None or self._banner is None:
            return None
        return found if read(self._banner + found, len(b"Linux version ")) == b"Linux version " else None

    def kernel(self, data: memoryview, read: Read, distance: int) -> Kernel:
        """The kernel that runs, by these symbols.

        Args:
            data: the memory around it.
            read: reads at its addresses.
            distance: how far above the symbols it runs.

        Raises:
            KernelError: its version cannot be read.
        """
        return of_bytes(data, read, moved(self.symbols, distance))

    def taken(self, release: str, distance: int) -> str:
        """What people are told once they are in use."""
        where = f", moved by {distance:#x}" if distance else ""
        return f"{self.name}: {len(self)} symbols taken for Linux {release}{where}"

    def refused(self, release: str) -> str:
        """What people are told when another kernel runs."""
        return f"{self.name}: not the symbols of Linux {release}, whose own are used"
