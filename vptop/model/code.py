# SPDX-License-Identifier: GPL-2.0-or-later
"""Machine code of the guest as instructions, with how often each was seen in what scripts counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from engine.guest.stacks import Stack, parse
from engine.guest.symbols import Symbols
from engine.probes.frame import COUNT, VcpuState
from vptop.model.fold import Folding, fold, parts_of, seconds_of
from vptop.model.kinds import is_stack
from vptop.model.moment import Moment
from vptop.model.rows import Measured

AROUND = 64
"""Bytes before and after an address that are shown where no symbol says where its function is."""
MOST_BYTES = 1 << 14
SPAN = 30
"""Frames that counts are of, as in the views of stacks."""
MOST_ROWS = 20_000
"""Rows of an aggregate that are looked through, those updated most; of one that has more, in its last Frame alone."""

BAD = "(bad)"
"""Text of a byte that begins no instruction."""


def executing(vcpu: VcpuState, symbols: Symbols) -> str:
    """Where a virtual CPU is: the function with an offset, else what a process has mapped there, else the address."""
    return Stack((vcpu.place or vcpu.rip,)).describe(symbols)[0]


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction, or a byte that is none."""

    address: int
    data: bytes
    text: str
    """as Intel writes it"""
    target: int | None = None
    """where a jump or a call leads, when that is in the instruction"""


@dataclass(frozen=True)
class Seen:
    """How often addresses were counted."""

    at: Mapping[int, int]
    """as RIP: the next instruction to execute"""
    calls: Mapping[int, int]
    """as a return address on a stack: the instruction before it is a call that was under way"""
    seconds: float = 0.0
    """guest seconds in which they were"""


def extent(symbols: Symbols, address: int) -> tuple[int, int]:
    """The first address and the number of bytes to disassemble for a look at an address."""
    found = symbols.extent(address)
    if found is None:
        return address, 2 * AROUND
    start, end = found
    if address - start >= MOST_BYTES - AROUND:  # no function is that long, and decoding must begin at its start
        return address, 2 * AROUND
    return start, min(end - start, MOST_BYTES)


def disassemble(data: bytes, address: int, *, bits: int = 64) -> list[Instruction]:
    """The instructions in these bytes. A byte that begins none is one by itself, `(bad)`.

    Args:
        data: machine code.
        address: of the first byte.
        bits: 64, 32 or 16.
    """
    import capstone  # only who looks at code waits for it

    modes = {64: capstone.CS_MODE_64, 32: capstone.CS_MODE_32, 16: capstone.CS_MODE_16}
    decoder = capstone.Cs(capstone.CS_ARCH_X86, modes[bits])
    found: list[Instruction] = []
    at = 0
    while at < len(data):
        for start, size, name, operands in decoder.disasm_lite(data[at:], address + at):
            code = data[start - address : start - address + size]
            found.append(Instruction(start, code, f"{name} {operands}".rstrip(), _target(name, operands)))
            at = start - address + size
        if at < len(data):
            found.append(Instruction(address + at, data[at : at + 1], BAD))
            at += 1
    return found


def _target(name: str, operands: str) -> int | None:
    """Where a direct jump or call leads."""
    if not name.startswith(("j", "call", "loop")) or not operands.startswith("0x"):
        return None
    return int(operands, 16)


def seen_until(moment: Moment) -> Seen:
    """Every address in what was counted in the last Frames."""
    known = []
    for aggregate, data in moment.frame.aggregates.items():
        span = Folding(SPAN if len(data) <= MOST_ROWS else 1)
        if parts := parts_of(moment, aggregate, span):
            known.append(fold(parts, span))
    return replace(seen(known), seconds=seconds_of(moment, SPAN))


def seen(known: Iterable[Measured]) -> Seen:
    """Every address in what was counted in these intervals: in stacks, and as integer keys."""
    at: Counter[int] = Counter()
    calls: Counter[int] = Counter()
    for measured in known:
        counts = measured.values[:, COUNT] if measured.before is None else measured.hits
        for row in measured.busiest(MOST_ROWS):
            count = int(counts[row])
            integers, strings = measured.raw_key(row)
            at.update(dict.fromkeys(integers, count))
            for text in strings:
                stack = parse(text.decode(errors="replace")) if is_stack(text[:16].decode(errors="replace")) else None
                for depth, frame in enumerate(stack.frames if stack is not None else ()):
                    if isinstance(frame, int):
                        (calls if depth else at)[frame] += count
    return Seen(at, calls)
