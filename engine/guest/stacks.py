# SPDX-License-Identifier: GPL-2.0-or-later
"""Call stacks: as gueststack writes them, `GUEST_0x<rip>_0x<return address>_...`, and read from a machine.

A frame in a process whose mappings are known is the name of a mapping and an offset in it: `busybox+0x1234`. It is
shown as the function there, `gzip_main+0x1c [busybox]`, where the symbols of the file are known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.guest.symbols import Symbols

if TYPE_CHECKING:
    from engine.core.binding import Core

_WORD = r"_(0x[0-9a-f]{1,16}|(?:(?!\+0x)\S)+\+0x[0-9a-f]{1,16})(?=_|\s|$)"
"""an address, or a name and an offset"""
ANYWHERE = re.compile(
    r"(?:GUEST|VMM)(?:_(?:0x[0-9a-f]{1,16}|(?:(?!\+0x)[^\s\"])+\+0x[0-9a-f]{1,16})(?![0-9a-z]))+(?:_\.\.\.)?",
    re.IGNORECASE,
)
"""A stack in a line of text, between quotes or not."""
_STACK = re.compile(rf"(?P<domain>GUEST|VMM)(?P<frames>(?:{_WORD})+)(?P<cut>_\.\.\.)?\s*", re.IGNORECASE)
_FRAME = re.compile(_WORD, re.IGNORECASE)
_OFFSET = re.compile(r"[0-9a-f]{1,16}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stack:
    """A parsed stack: frames from the innermost outwards, and whether outer ones were cut off.

    A frame is an address, or a file that is mapped there and the offset in it.
    """

    frames: tuple[int | str, ...]
    cut: bool = False

    @property
    def addresses(self) -> tuple[int, ...]:
        """The frames that are addresses."""
        return tuple(frame for frame in self.frames if isinstance(frame, int))

    def describe(self, symbols: Symbols) -> tuple[str, ...]:
        """Each frame as `name+0x12`, innermost first.

        A return address stands behind its call: right after a call that never returns it would belong to the next
        function, so it is looked up one byte lower.
        """
        return tuple(
            describe_place(frame, symbols, is_return=depth > 0)
            if isinstance(frame, str)
            else _describe_return(frame, symbols)
            if depth
            else symbols.describe(frame)
            for depth, frame in enumerate(self.frames)
        )

    def functions(self, symbols: Symbols) -> tuple[str, ...]:
        """Each frame as the bare name of its function (or as it is where there is none), innermost first.

        Functions of a process have the name of their file behind them, as modules have in the kernel's own stacks.
        """
        return tuple(_function(frame, symbols, is_return=depth > 0) for depth, frame in enumerate(self.frames))


def parse(text: str) -> Stack | None:
    """The stack in a gueststack string; None when it is not one."""
    match = _STACK.fullmatch(text)
    if match is None:
        return None
    frames = (int(word, 16) if word[:2] in ("0x", "0X") else word for word in _FRAME.findall(match["frames"]))
    return Stack(tuple(frames), cut=match["cut"] is not None)


def stack_of(core: Core, cpu: int = 0, frames: int = 64) -> Stack:
    """The stack of a CPU now, as gueststack finds it: RIP, then the return addresses, `frames` at most.

    It follows the frame pointers, and in a Linux kernel whose unwind tables the core has, these. Other code that keeps
    no frame pointer has no such chain; what is found there may then be wrong.
    """
    addresses = core.stack(cpu, frames + 1)
    return Stack(tuple(_place(core, cpu, at) for at in addresses[:frames]), cut=len(addresses) > frames)


def _place(core: Core, cpu: int, address: int) -> int | str:
    """An address, by what a process has mapped there if that is known."""
    place = core.place(address, cpu)
    return address if place.startswith("0x") else place


def describe_place(place: str, symbols: Symbols, *, is_return: bool = False) -> str:
    """What a process has mapped somewhere, `busybox+0x1a2b`, as the function there: `gzip_main+0x1c [busybox]`.

    Args:
        place: any text; one that is no such place, or where no function is known, stays as it is.
        symbols: with those of files.
        is_return: whether it is a return address, which stands behind its call.
    """
    found = _function_at(place, symbols, is_return=is_return)
    if found is None:
        return place
    name, offset, file = found
    return f"{name}+{offset:#x} {file}" if offset else f"{name} {file}"


def _function_at(place: str, symbols: Symbols, *, is_return: bool) -> tuple[str, int, str] | None:
    """The function, the distance from its start, and the file in brackets, as `[vdso]` has them already."""
    file, _, digits = place.rpartition("+0x")
    of_file = symbols.files.get(file)
    if of_file is None or not _OFFSET.fullmatch(digits):
        return None
    found = of_file.find(int(digits, 16) - is_return)
    return found and (found[0], found[1] + is_return, file if file.startswith("[") else f"[{file}]")


def _function(frame: int | str, symbols: Symbols, *, is_return: bool) -> str:
    if isinstance(frame, str):
        place = _function_at(frame, symbols, is_return=is_return)
        return f"{place[0]} {place[2]}" if place else frame
    found = symbols.find(frame - (1 if is_return and frame else 0))
    return found[0] if found else f"{frame:#x}"


def _describe_return(address: int, symbols: Symbols) -> str:
    found = symbols.find(address - 1) if address else None
    if found is None:
        return f"{address:#x}"
    name, offset = found
    return f"{name}+{offset + 1:#x}"
