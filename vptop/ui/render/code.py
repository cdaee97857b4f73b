# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines of a disassembly: how often each instruction was seen, its address, bytes and text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from textual.strip import Strip

from engine.guest.symbols import Symbols
from vptop.export.shown import Cell
from vptop.model.code import Instruction
from vptop.model.plain import clean
from vptop.ui.render import bars, numbers
from vptop.ui.render.columns import highlighted
from vptop.ui.render.fit import Piece, fit, strip
from vptop.ui.render.palette import Palette

BYTES = 21
"""Cells for the bytes of an instruction: seven of them."""
WIDE = 84


def code_header(width: int, palette: Palette) -> Strip:
    """Titles of the columns."""
    middle = fit("BYTES", BYTES + 1) if width >= WIDE else ""
    text = f"{'AT':>8}{'CALLS':>8} {'':8} {fit('OFFSET', 9)}{middle}INSTRUCTION"
    return strip([(fit(text, width), palette.header)], width)


def code_row(
    instruction: Instruction,
    counts: tuple[int, int],
    most: int,
    start: int,
    symbols: Symbols,
    width: int,
    palette: Palette,
    *,
    cursor: bool,
    marked: bool,
) -> Strip:
    """One instruction.

    Args:
        instruction: which one.
        counts: how often it was seen as RIP, and as a call under way.
        most: the largest of the first count in the function.
        start: where the function begins.
        symbols: names for the targets of jumps and calls.
        width: cells across.
        palette: styles.
        cursor: whether the cursor is on it.
        marked: whether it is what the person asked for.
    """
    at, calls = counts
    text = instruction.text
    pieces: list[Piece] = [
        (fit(numbers.count(at) if at else "·", 8, ">"), palette.strong if at else palette.dim),
        (fit(numbers.count(calls) if calls else "·", 8, ">"), palette.text if calls else palette.dim),
        (f" {bars.bar(at / most if most else 0.0, 8)} ", palette.bar),
        (fit(f"+{instruction.address - start:#x}", 8), palette.dim),
        ("▶" if marked else " ", palette.accent),
    ]
    if width >= WIDE:
        pieces.append((fit(instruction.data.hex(" "), BYTES) + " ", palette.dim))
    pieces.append((text, palette.strong if at else palette.text))
    pieces.append((_target(instruction, symbols), palette.dim))
    made = strip(pieces, width)
    return highlighted(made, palette) if cursor else made


def written(
    counts: Mapping[int, tuple[int, int]], start: int, symbols: Symbols
) -> Mapping[str, Callable[[Instruction], str]]:
    """The columns as files have them: titles, and what is below each.

    Args:
        counts: by address, how often an instruction was seen as RIP, and as a call under way.
        start: where the function begins.
        symbols: names for the targets of jumps and calls.
    """

    def counted(which: int) -> Callable[[Instruction], str]:
        return lambda one: Cell(numbers.count(counts[one.address][which]), counts[one.address][which])

    return {
        "AT": counted(0),
        "CALLS": counted(1),
        "OFFSET": lambda one: f"+{one.address - start:#x}",
        "BYTES": lambda one: one.data.hex(" "),
        "INSTRUCTION": lambda one: one.text + _target(one, symbols),
    }


def _target(instruction: Instruction, symbols: Symbols) -> str:
    """Where a jump or a call leads."""
    if instruction.target is None or not symbols.find(instruction.target):
        return ""
    return f"  ; {clean(symbols.describe(instruction.target))}"


def place_of(instructions: Sequence[Instruction], address: int) -> int:
    """The index of the instruction that an address is in; 0 when it is in none."""
    return next((i for i, one in enumerate(instructions) if one.address <= address < one.address + len(one.data)), 0)
