# SPDX-License-Identifier: GPL-2.0-or-later
"""A visited moment as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Layout:
    """What fits into a line."""

    registers: int
    """beside each other"""
    memory: int
    """bytes, in two halves"""


WIDE, NARROW = Layout(3, 16), Layout(2, 8)
NEEDED = 85
"""Cells for a line of the wide layout."""


def layout(width: int) -> Layout:
    """The layout for so many cells."""
    return WIDE if width >= NEEDED else NARROW


def heading(view: View) -> str:
    """When it is, and which process runs."""
    process = f"{clean(view.process)} ({view.pid})" if view.process else "process unknown"
    return f"{view.tick / view.frame.tsc_hz:.9f} s  block {view.block}  {process}"


def registers(view: View, symbols: Symbols, columns: int = WIDE.registers) -> Iterator[str]:
    """Of each virtual CPU: where it is, and its general registers."""
    for vcpu in view.frame.vcpus:
        state = "halted" if vcpu.halted else "running"
        yield f"VCPU{vcpu.vcpu} {state} CPL {vcpu.cpl}  {clean(symbols.describe(vcpu.rip))}"
        yield from _cells({name: value for name, value in vcpu.registers.items() if name in GENERAL}, 6, columns)


def system_registers(view: View, columns: int = WIDE.registers) -> Iterator[str]:
    """The other registers of each virtual CPU."""
    for vcpu in view.frame.vcpus:
        yield from _cells({name: value for name, value in vcpu.registers.items() if name not in GENERAL}, 12, columns)


def _cells(values: Mapping[str, int], width: int, columns: int) -> Iterator[str]:
    cells = [f"{clean(name):>{width}} {value:016x}" for name, value in values.items()]
    for at in range(0, len(cells), columns):
        yield " ".join(cells[at : at + columns])


def stack(view: View, symbols: Symbols) -> Iterator[str]:
    """The stack of the first virtual CPU, the innermost frame first."""
    for address in view.stacks[0] if view.stacks else ():
        yield f"{address:016x}  {clean(symbols.describe(address))}"


def code(data: bytes, address: int, most: int) -> Iterator[str]:
    """The instructions from an address on."""
    for instruction in disassemble(data, address)[:most]:
        yield f"{instruction.address:016x}  {instruction.text}"


def console(lines: Sequence[str]) -> Iterator[str]:
    """The last lines of the console, without empty ones at its end."""
    shown = [line.rstrip() for line in lines]
    while shown and not shown[-1]:
        shown.pop()
    yield from shown[-CONSOLE:]


def memory(data: bytes, address: int, columns: int = WIDE.memory) -> Iterator[str]:
    """Bytes in hexadecimal and as characters."""
    half = columns // 2
    for at in range(0, len(data), columns):
        part = data[at : at + columns]
        digits = f"{part[:half].hex(' ')}  {part[half:].hex(' ')}"
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in part)
        yield f"{address + at:016x}  {digits:<{3 * columns}}  {text}"


def place(text: str, symbols: Symbols) -> int | None:
    """An address that is given as a number, as a symbol, or as a symbol and an offset; None when it is neither."""
    name, _, offset = text.partition("+")
    try:
        base = symbols.get(name.strip())
        return ((int(name, 0) if base is None else base) + (int(offset, 0) if offset else 0)) & (1 << 64) - 1
    except ValueError:
        return None
