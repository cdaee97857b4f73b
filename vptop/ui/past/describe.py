# SPDX-License-Identifier: GPL-2.0-or-later
"""A visited moment as lines of text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from engine.guest.stacks import Stack
from engine.guest.symbols import Symbols
from engine.probes.frame import VcpuState
from engine.vm.past.messages import View
from engine.vp.diagnostics.nearest import nearest
from vptop.model.code import BAD, disassemble, executing
from vptop.model.plain import clean

GENERAL = frozenset(
    (*(f"R{name}" for name in ("IP", "AX", "BX", "CX", "DX", "SI", "DI", "SP", "BP", "FLAGS", *range(8, 16))), "CR3")
)
"""Registers that are shown first."""
CONSOLE = 12
"""Lines of the console that are shown, the last ones."""
WIDE = 85
"""Cells for 16 bytes of memory in a line; where there are fewer, it has 8."""
TIMES = "seconds such as 8.25, or +0.01 or -2 from here"
_TIME = re.compile(r"([+-]?)(\d+(?:\.\d+)?)s?")
PLACE = "expected an address such as 0x7c00, or a symbol, with +OFFSET if you like"
_LENGTHS = 3
"""Characters by which a symbol may be longer or shorter than one that it is meant for: there are 100,000 and more."""
_DIGITS = 16
"""of an address or a register"""
_LONG, _DEFAULT_32 = 1 << 13, 1 << 14
_BEFORE, _AFTER = 4, 8
"""Instructions that are shown before the next one, and from it on."""
CODE_BYTES = 64
"""from the next instruction on"""
_CANONICAL = 47
"""Bits of a linear address up to that whose copies all higher ones are (Intel SDM volume 1, 3.3.7.1)."""
_NEAR = 4096
"""Bytes from the start of a function to the next instruction over which it is decoded."""


def heading(view: View) -> str:
    """When it is, and which process runs."""
    process = f"{clean(view.process)} ({view.pid})" if view.process else "process unknown"
    return f"{view.tick / view.frame.tsc_hz:.9f} s  block {view.block}  {process}"


def registers(view: View, symbols: Symbols, width: int = WIDE) -> Iterator[str]:
    """Of each virtual CPU: where it is, and its general registers, as many in a line as fit."""
    for vcpu in view.frame.vcpus:
        state = "halted" if vcpu.halted else "running"
        yield f"VCPU{vcpu.vcpu} {state} CPL {vcpu.cpl}  {clean(executing(vcpu, symbols))}"
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


def code_size(vcpu: VcpuState) -> int:
    """64, 32 or 16 bits: what the access rights of its code segment say (Intel SDM volume 3, table 25-2)."""
    rights = vcpu.registers.get("CSAR", _LONG)
    return 64 if rights & _LONG else 32 if rights & _DEFAULT_32 else 16


def code_address(vcpu: VcpuState) -> int:
    """The linear address of the instruction that a virtual CPU executes next."""
    return vcpu.rip + (0 if code_size(vcpu) == 64 else vcpu.registers.get("CSBASE", 0))


def code_span(vcpu: VcpuState, symbols: Symbols) -> tuple[int, int]:
    """The address and the number of bytes of the code around there: decoding begins where the function does."""
    here = code_address(vcpu)
    start, _ = symbols.extent(here) or (here, 0)
    first = start if here - start <= _NEAR else here
    return first, here - first + CODE_BYTES


def code(data: bytes, address: int, vcpu: VcpuState, symbols: Symbols) -> Iterator[str]:
    """The instructions around the one that a virtual CPU executes next, which is marked; none where that is not here.

    Args:
        data: machine code.
        address: of the first byte.
        vcpu: the virtual CPU.
        symbols: of the guest.
    """
    here, bits = code_address(vcpu), code_size(vcpu)
    if not address <= here < address + len(data):
        return
    before = disassemble(data[: here - address], address, bits=bits)[-_BEFORE:]
    if any(one.text == BAD for one in before):  # data between functions, or a start that is none
        before = []
    for instruction in [*before, *disassemble(data[here - address :], here, bits=bits)[:_AFTER]]:
        mark = "=>" if instruction.address == here else "  "
        target = instruction.target
        leads = f"  ; {clean(symbols.describe(target))}" if target is not None and symbols.find(target) else ""
        yield f"{mark} {instruction.address:016x}  {instruction.text}{leads}"


def text(lines: Sequence[str]) -> list[str]:
    """Lines that the guest wrote, without empty ones at the end."""
    shown = [clean(line).rstrip() for line in lines]
    while shown and not shown[-1]:
        shown.pop()
    return shown


def memory(data: bytes, address: int, width: int = WIDE, size: int = 0) -> Iterator[str]:
    """Bytes in hexadecimal and as characters; where there are fewer than `size`, why they end there."""
    columns = 16 if width >= WIDE else 8
    half = columns // 2
    for at in range(0, len(data), columns):
        part = data[at : at + columns]
        digits = f"{part[:half].hex(' ')}  {part[half:].hex(' ')}"
        characters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in part)
        yield f"{address + at:016x}  {digits:<{3 * columns}}  {characters}"
    if len(data) < size:
        end = address + len(data)
        yield f"{end:016x}  {_unreadable(end)}" if end < 1 << 64 else "the end of the address space"


def _unreadable(address: int) -> str:
    """Why there is nothing to read. Memory of devices is not read, as that would change them."""
    if 0 < address >> _CANONICAL < (1 << 64 - _CANONICAL) - 1:
        return "not canonical: bits 63 to 47 differ"
    return "not mapped, or no RAM"


def place(given: str, symbols: Symbols) -> int | None:
    """An address that is given as a number, as a symbol, or as a symbol and an offset; None when it is neither."""
    name, _, offset = given.partition("+")
    try:
        base = symbols.get(name.strip())
        address = (int(name, 0) if base is None else base) + (int(offset, 0) if offset else 0)
    except ValueError:
        return None
    return address if 0 <= address < 1 << 64 else None


def wrong_place(given: str, symbols: Symbols) -> str:
    """What is wrong with a text that is to be a place; empty when it is one."""
    if place(given, symbols) is not None:
        return ""
    name = given.partition("+")[0].strip()
    if not name or symbols.get(name) is not None:
        return PLACE
    alike = (one for one in symbols if one[:1] == name[:1] and abs(len(one) - len(name)) <= _LENGTHS)
    near = nearest(name, alike)
    return f"{PLACE}; did you mean {' or '.join(map(clean, near))}?" if near else PLACE


def moment_of(given: str, view: View) -> int | None:
    """The tick of a guest time, or of one so long after or before a moment; None when the text is neither."""
    if (found := _TIME.fullmatch(given.strip())) is None:
        return None
    ticks = round(Decimal(found[2]) * view.frame.tsc_hz)
    return {"": ticks, "+": view.tick + ticks, "-": view.tick - ticks}[found[1]]
