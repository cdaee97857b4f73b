# SPDX-License-Identifier: GPL-2.0-or-later
"""A visited moment as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.guest.stacks import Stack
from engine.guest.symbols import Symbols
from engine.vm.past.messages import View
from vptop.model.code import disassemble
from vptop.model.plain import clean

GENERAL = frozenset(
    (*(f"R{name}" for name in ("IP", "AX", "BX", "CX", "DX", "SI", "DI", "SP", "BP", "FLAGS", *range(8, 16))), "CR3")
)
"""Registers that are shown first."""
CONSOLE = 12
"""Lines of the console that are shown, the last ones."""
WIDE = 85
"""Cells for 16 bytes of memory in a line; where there are fewer, it has 8."""
_DIGITS = 16
"""of an address or a register"""


def heading(view: View) -> str:
    """When it is, and which process runs."""
    process = f"{clean(view.process)} ({view.pid})" if view.process else "process unknown"
    return f"{view.tick / view.frame.tsc_hz:.9f} s  block {view.block}  {process}"


def registers(view: View, symbols: Symbols, width: int = WIDE) -> Iterator[str]:
    """Of each virtual CPU: where it is, and its general registers, as many in a line as fit."""
    named = [names[0] for names in _named(view, symbols) if names]
    for vcpu in view.frame.vcpus:
        state = "halted" if vcpu.halted else "running"
        place = named[vcpu.vcpu] if vcpu.vcpu < len(named) else symbols.describe(vcpu.rip)
        yield f"VCPU{vcpu.vcpu} {state} CPL {vcpu.cpl}  {clean(place)}"
        yield from _cells({name: value for name, value in vcpu.registers.items() if name in GENERAL}, width)


def system_registers(view: View, width: int = WIDE) -> Iterator[str]:
    """The other registers of each virtual CPU."""
    for vcpu in view.frame.vcpus:
        yield from _cells({name: value for name, value in vcpu.registers.items() if name not in GENERAL}, width)


def _cells(values: Mapping[str, int], width: int) -> Iterator[str]:
    names = max(map(len, values), default=0)
    columns = max(1, (width + 2) // (names + 1 + _DIGITS + 2))
    cells = [f"{clean(name):>{names}} {value:0{_DIGITS}x}" for name, value in values.items()]
    for at in range(0, len(cells), columns):
        yield "  ".join(cells[at : at + columns])


def stacks(view: View, symbols: Symbols) -> dict[str, list[str]]:
    """The stack of each virtual CPU under its title, the innermost frame first."""
    several = len(view.stacks) > 1
    return {
        f"Stack of VCPU{cpu}" if several else "Stack": [
            f"{address:016x}  {clean(name)}" for address, name in zip(stack, names, strict=True)
        ]
        for cpu, (stack, names) in enumerate(zip(view.stacks, _named(view, symbols), strict=True))
    }


def _named(view: View, symbols: Symbols) -> list[tuple[str, ...]]:
    """The names of the frames of each stack."""
    unknown = tuple(("0x",) * len(stack) for stack in view.stacks)
    frames = (
        tuple(address if place.startswith("0x") else place for address, place in zip(stack, places, strict=True))
        for stack, places in zip(view.stacks, view.places or unknown, strict=True)
    )
    return [Stack(one).describe(symbols) for one in frames]


def code(data: bytes, address: int, most: int) -> Iterator[str]:
    """The instructions from an address on."""
    for instruction in disassemble(data, address)[:most]:
        yield f"{instruction.address:016x}  {instruction.text}"


def text(lines: Sequence[str]) -> list[str]:
    """Lines that the guest wrote, without empty ones at the end."""
    shown = [clean(line).rstrip() for line in lines]
    while shown and not shown[-1]:
        shown.pop()
    return shown


def memory(data: bytes, address: int, width: int = WIDE) -> Iterator[str]:
    """Bytes in hexadecimal and as characters."""
    columns = 16 if width >= WIDE else 8
    half = columns // 2
    for at in range(0, len(data), columns):
        part = data[at : at + columns]
        digits = f"{part[:half].hex(' ')}  {part[half:].hex(' ')}"
        characters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in part)
        yield f"{address + at:016x}  {digits:<{3 * columns}}  {characters}"


def place(given: str, symbols: Symbols) -> int | None:
    """An address that is given as a number, as a symbol, or as a symbol and an offset; None when it is neither."""
    name, _, offset = given.partition("+")
    try:
        base = symbols.get(name.strip())
        return ((int(name, 0) if base is None else base) + (int(offset, 0) if offset else 0)) & (1 << 64) - 1
    except ValueError:
        return None
