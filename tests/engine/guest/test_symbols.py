# SPDX-License-Identifier: GPL-2.0-or-later
"""Names by address and addresses by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.guest import symbol_files
from engine.guest.symbols import REACH, Symbols

KALLSYMS = """\
ffffffff80001000 T start_kernel
ffffffff80001040 t helper
ffffffff80001040 T alias_of_helper
ffffffff80002000 D table
this line is no symbol
ffffffff80003000 T twice
ffffffff80003100 T twice
ffffffffc0001000 t in_module\t[e1000]
"""


@pytest.fixture
def kernel(tmp_path: Path) -> Symbols:
    path = tmp_path / "kernel.sym"
    path.write_text(KALLSYMS)
    return symbol_files.read(path)


def test_name_to_address(kernel: Symbols) -> None:
    assert kernel["start_kernel"] == 0xFFFFFFFF80001000
    assert kernel.get("nothing") is None
    assert "in_module" in kernel


def test_last_line_of_a_repeated_name_counts(kernel: Symbols) -> None:
    assert kernel["twice"] == 0xFFFFFFFF80003100


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (0xFFFFFFFF80001000, "start_kernel"),
        (0xFFFFFFFF80001012, "start_kernel+0x12"),
        (0xFFFFFFFF80001041, "alias_of_helper+0x1"),
        (0xFFFFFFFF80000FFF, "0xffffffff80000fff"),
        (0x401000, "0x401000"),
        (0xFFFFFFFFFFFFFFFF, "0xffffffffffffffff"),
    ],
)
def test_address_to_name(kernel: Symbols, address: int, text: str) -> None:
    assert kernel.describe(address) == text


def test_an_absolute_symbol_names_no_address() -> None:
    table = Symbols([(0x1FB80, "A", "current_task")])
    assert table["current_task"] == 0x1FB80
    assert table.describe(0x1FB80) == "0x1fb80"


def test_a_symbol_reaches_to_the_next():
    symbols = Symbols([(0x1000, "T", "first"), (0x1040, "T", "second")])
    assert symbols.extent(0x1010) == (0x1000, 0x1040)
    assert symbols.extent(0x1041) == (0x1040, 0x1040 + REACH)
    assert symbols.extent(0xFFF) is None


def test_a_file_of_symbols_keeps_every_place_of_a_name_that_repeats(tmp_path: Path) -> None:
    """Each user program of the bundled guest has its own `_start`."""
    made = Symbols([(0x1000, "T", "_start"), (0x1010, "T", "work"), (0x2000, "t", "_start"), (0x2000, "T", "main")])
    made.write(tmp_path / "symbols")
    again = symbol_files.read(tmp_path / "symbols")
    assert [again.describe(at) for at in (0x1001, 0x1011, 0x2001)] == ["_start+0x1", "work+0x1", "main+0x1"]
    assert again["_start"] == made["_start"] == 0x2000
    assert again.pack() == made.pack()
