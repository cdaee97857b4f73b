# SPDX-License-Identifier: GPL-2.0-or-later
"""The text screen."""

from __future__ import annotations

import pytest

from engine.machine.devices.vga_text import VgaText
from tests.engine.machine.bench import Bench


@pytest.fixture
def screen(bench: Bench) -> VgaText:
    return VgaText(bench.ports, bench.memory)


def show(bench: Bench, line: int, column: int, text: str) -> None:
    cells = b"".join(bytes([code, 0x07]) for code in text.encode("cp437"))
    bench.memory.write(0xB8000 + 2 * (80 * line + column), cells)


def test_the_screen_shows_characters(screen: VgaText, bench: Bench) -> None:
    show(bench, 0, 0, "top")
    show(bench, 24, 75, "right")
    show(bench, 3, 2, "\u2588\u00e9")
    lines = screen.lines()
    assert len(lines) == 25
    assert (lines[0], lines[24], lines[3]) == ("top", " " * 75 + "right", "  \u2588\u00e9")


def test_control_codes_are_blanks(screen: VgaText, bench: Bench) -> None:
    bench.memory.write(0xB8000, bytes([code for n in range(32) for code in (n, 7)]) + b"!\x07\x7f\x07x\x07")
    assert screen.lines()[0] == " " * 32 + "! x"


def test_the_start_address_scrolls(screen: VgaText, bench: Bench) -> None:
    show(bench, 10, 0, "tenth")
    for register, value in ((0x0C, (10 * 80) >> 8), (0x0D, (10 * 80) & 0xFF)):
        bench.outb(0x3D4, register)
        bench.outb(0x3D5, value)
    assert screen.lines()[0] == "tenth"


def test_the_cursor(screen: VgaText, bench: Bench) -> None:
    place = 7 * 80 + 13
    bench.outb(0x3D4, 0x0E)
    bench.outb(0x3D5, place >> 8)
    bench.outb(0x3D4, 0x0F)
    bench.outb(0x3D5, place & 0xFF)
    assert screen.cursor == (7, 13)
    assert bench.inb(0x3D5) == place & 0xFF


def test_retrace_comes_and_goes(screen: VgaText, bench: Bench) -> None:
    del screen
    assert {bench.inb(0x3DA) & 8 for _ in range(4)} == {0, 8}
