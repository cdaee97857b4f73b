# SPDX-License-Identifier: GPL-2.0-or-later
"""Call stacks: as gueststack writes them, `GUEST_0x<rip>_0x<return address>_...`, and read from a machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.guest.symbols import Symbols

if TYPE_CHECKING:
    from engine.core.binding import Core

_STACK = re.compile(r"(?P<domain>GUEST|VMM)(?P<frames>(?:_0x[0-9a-f]{1,16})+)(?P<cut>_\.\.\.)?\s*", re.IGNORECASE)
_FRAME = re.compile(r"_0x([0-9a-f]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stack:
    """A parsed stack: addresses from the innermost frame outwards, and whether outer frames were cut off."""

    addresses: tuple[int, ...]
    cut: bool = False

    def describe(self, symbols: Symbols) -> tuple[str, ...]:
        """Each frame as `name+0x12`, innermost first.

        A return address stands behind its call: right after a call that never returns it would belong to the next
        function, so it is looked up one byte lower.
        """
        return tuple(
            _describe_return(address, symbols) if depth else symbols.describe(address)
            for depth, address in enumerate(self.addresses)
        )

    def functions(self, symbols: Symbols) -> tuple[str, ...]:
        """Each frame as the bare name of its function (or the address where there is none), innermost first."""
        found = (
            symbols.find(address - (1 if depth and address else 0)) for depth, address in enumerate(self.addresses)
        )
        return tuple(name[0] if name else f"{address:#x}" for name, address in zip(found, self.addresses, strict=True))


def parse(text: str) -> Stack | None:
    """The stack in a gueststack string; None when it is not one."""
    match = _STACK.fullmatch(text)
    if match is None:
        return None
    return Stack(tuple(int(frame, 16) for frame in _FRAME.findall(match["frames"])), cut=match["cut"] is not None)


def stack_of(core: Core, cpu: int = 0, frames: int = 64) -> Stack:
    """The stack of a CPU now, as gueststack finds it: RIP, then the return addresses, `frames` at most.

    It follows the frame pointers, and in a Linux kernel whose unwind tables the core has, these. Other code that keeps
    no frame pointer has no such chain; what is found there may then be wrong.
    """
    addresses = core.stack(cpu, frames + 1)
    return Stack(tuple(addresses[:frames]), cut=len(addresses) > frames)


def _describe_return(address: int, symbols: Symbols) -> str:
    found = symbols.find(address - 1) if address else None
    if found is None:
        return f"{address:#x}"
    name, offset = found
    return f"{name}+{offset + 1:#x}"
