# SPDX-License-Identifier: GPL-2.0-or-later
"""A visited moment as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.guest.symbols import Symbols
from engine.vm.past.messages import View
from vptop.model.code import disassemble
from vptop.model.plain import clean

COLUMNS = 3
GENERAL = frozenset(
    (*(f"R{name}" for name in ("IP", "AX", "BX", "CX", "DX", "SI", "DI", "SP", "BP", "FLAGS", *range(8, 16))), "CR3")
)
"""Registers that are shown first."""
MEMORY_COLUMNS = 16
_HALF = MEMORY_COLUMNS // 2


def heading(view: View) -> str:
    """When it is, and which process runs."""
    process = f"{clean(view.process)} ({view.pid})" if view.process else "process unknown"
    return f"{view.tick / view.frame.tsc_hz:.9f} s  block {view.block}  {process}"


def registers(view: View, symbols: Symbols) -> Iterator[str]:
    """Of each virtual CPU: where it is, and its general registers in threes."""
    for vcpu in view.frame.vcpus:
        state = "halted" if vcpu.halted else "running"
        yield f"VCPU{vcpu.vcpu} {state} CPL {vcpu.cpl}  {clean(symbols.describe(vcpu.rip))}"
        yield from _cells({name: value for name, value in vcpu.registers.items() if name in GENERAL}, 6)


def system_registers(view: View) -> Iterator[str]:
    """The other registers of each virtual CPU, in threes."""
    for vcpu in view.frame.vcpus:
        yield from _cells({name: value for name, value in vcpu.registers.items() if name not in GENERAL}, 12)


def _cells(values: Mapping[str, int], width: int) -> Iterator[str]:
    cells = [f"{clean(name):>{width}} {value:016x}" for name, value in values.items()]
    for at in range(0, len(cells), COLUMNS):
        yield " ".join(cells[at : at + COLUMNS])


def stack(view: View, symbols: Symbols) -> Iterator[str]:
    """The stack of the first virtual CPU, the innermost frame first."""
    for address in view.stacks[0] if view.stacks else ():
        yield f"{address:016x}  {clean(symbols.describe(address))}"


def code(data: bytes, address: int, most: int) -> Iterator[str]:
    """The instructions from an address on."""
    for instruction in disassemble(data, address)[:most]:
        yield f"{instruction.address:016x}  {instruction.text}"


def memory(data: bytes, address: int) -> Iterator[str]:
    """Bytes in hexadecimal and as characters."""
    for at in range(0, len(data), MEMORY_COLUMNS):
        part = data[at : at + MEMORY_COLUMNS]
        digits = f"{part[:_HALF].hex(' ')}  {part[_HALF:].hex(' ')}"
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in part)
        yield f"{address + at:016x}  {digits:<{3 * MEMORY_COLUMNS}}  {text}"


def place(text: str, symbols: Symbols) -> int | None:
    """An address that is given as a number, as a symbol, or as a symbol and an offset; None when it is neither."""
    name, _, offset = text.partition("+")
    try:
        base = symbols.get(name.strip())
        return ((int(name, 0) if base is None else base) + (int(offset, 0) if offset else 0)) & (1 << 64) - 1
    except ValueError:
        return None
