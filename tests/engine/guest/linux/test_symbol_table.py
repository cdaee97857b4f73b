# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbols in tables are those of the same symbols one by one, and a file of tables is read back or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.guest import symbol_files
from engine.guest.linux import symbol_table
from engine.guest.linux.symbol_table import END, KERNEL_MAP, MAGIC, SymbolTable, TableSymbols
from engine.guest.symbols import REACH, Symbol, SymbolError, Symbols

TEXT = KERNEL_MAP + 0x1000000
KERNEL: list[Symbol] = [
    (0x1FB80, "A", "current_task"),
    (TEXT, "T", "_text"),
    (TEXT, "T", "startup_64"),
    (TEXT + 0x40, "t", "helper"),
    (TEXT + 0x40, "T", "alias_of_helper"),
    (TEXT + 0x80, "A", "a_number"),
    (TEXT + 0x90, "t", "twice"),
    (TEXT + 0xA0, "t", "twice"),
    (TEXT + 0xB0, "t", "twice.cold"),
]
MODULE: list[Symbol] = [(TEXT + 0x2000000, "t", "in_module"), (TEXT + 0x2000010, "T", "startup_64")]
MOVES = (0, 0x1C00000)


@pytest.mark.parametrize("moved", MOVES)
def test_each_address_has_the_name_that_it_has_among_symbols_one_by_one(moved: int):
    table = SymbolTable.of(KERNEL).moved(moved)
    tables = TableSymbols([SymbolTable.of(MODULE), table])
    single = Symbols([*MODULE, *table.symbols])
    for place in (0, 0x1FB80, *range(TEXT - 1, TEXT + 0xC0), TEXT + REACH + 0xAF, TEXT + REACH + 0xB0):
        address = place + moved if place >= KERNEL_MAP else place
        assert tables.find(address) == single.find(address)
        assert tables.extent(address) == single.extent(address)
    assert tables.describe(TEXT + 0x2000004) == "in_module+0x4"


@pytest.mark.parametrize("searches", [0, 1000])
@pytest.mark.parametrize("moved", MOVES)
def test_each_name_has_the_address_that_it_has_among_symbols_one_by_one(
    moved: int, searches: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(symbol_table, "SEARCHES", searches)
    table = SymbolTable.of(KERNEL).moved(moved)
    tables = TableSymbols([SymbolTable.of(MODULE), table])
    single = Symbols([*MODULE, *table.symbols])
    assert dict(tables.addresses) == dict(single.addresses)
    assert len(tables) == len(single)
    assert tables["twice"] == TEXT + 0xA0 + moved, "of several the last, as in a file"
    assert tables["startup_64"] == TEXT + moved, "the kernel's own, not the module's"
    assert tables["current_task"] == 0x1FB80, "per-CPU offsets do not move"
    assert tables.get("ice") is tables.get("Tstartup_64") is tables.get("") is None
    assert "twic" not in tables
    with pytest.raises(KeyError):
        tables["nothing"]


@pytest.mark.parametrize("prefix", ["", "twice", "startup_64", "a", ".", "none"])
def test_names_that_begin_with_a_text_are_those_among_symbols_one_by_one(prefix: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(symbol_table, "PART", 2)
    tables = TableSymbols([SymbolTable.of(MODULE), SymbolTable.of(KERNEL)])
    single = Symbols([*MODULE, *KERNEL])
    for most in (1, 2, 99):
        assert tables.beginning(prefix, most) == single.beginning(prefix, most)
    assert [*single.beginning(prefix, 99)] == sorted(name for name in single if name.startswith(prefix))


def test_of_several_addresses_a_table_has_the_lowest_and_the_highest():
    table = SymbolTable.of(KERNEL)
    assert table.address("twice") == TEXT + 0x90
    assert table.last_address("twice") == TEXT + 0xA0
    assert table.address("nothing") is table.last_address("nothing") is None


def test_names_that_are_not_printable_are_left_out():
    table = SymbolTable.of([(TEXT, "T", "evil\n"), (TEXT + 1, "T", "\x1b[2J"), (TEXT + 2, "t", "good")])
    assert table.symbols == ((TEXT + 2, "t", "good"),)


def test_a_table_without_symbols():
    table = SymbolTable.of([])
    assert table.symbols == ()
    assert table.below(TEXT) is None
    assert table.above(TEXT) is None
    assert not TableSymbols([table])


def test_what_is_written_reads_back_the_same(tmp_path: Path):
    path = tmp_path / "kernel.sym"
    written = TableSymbols([SymbolTable.of(MODULE), SymbolTable.of(KERNEL).moved(0x200000)])
    written.write(path)
    read = symbol_files.read(path)
    assert isinstance(read, TableSymbols)
    assert dict(read.addresses) == dict(written.addresses)
    assert read.describe(TEXT + 0x200041) == "alias_of_helper+0x1"
    assert [one.name for one in tmp_path.iterdir()] == ["kernel.sym"]


def test_functions_of_files_are_written_beside_those_of_the_kernel(tmp_path: Path):
    path = tmp_path / "kernel.sym"
    programs = {"busybox": SymbolTable.of([(0x10, "T", "main"), (0x20, END, "")]), "libc.so.6": SymbolTable.of([])}
    TableSymbols([SymbolTable.of(KERNEL)], lambda: programs).write(path)
    read = symbol_files.read(path)
    assert read.describe(TEXT + 0x41) == "alias_of_helper+0x1"
    assert read.files.keys() == {"busybox", "libc.so.6"}
    assert [read.files["busybox"].describe(offset) for offset in (0xF, 0x11, 0x20)] == ["0xf", "main+0x1", "0x20"]
    assert read.files["busybox"].extent(0x11) == (0x10, 0x20)
    assert "main" not in read
    assert Symbols(KERNEL).files == {}


@pytest.mark.parametrize("change", ["cut off", "newline"])
def test_a_damaged_file_is_refused(tmp_path: Path, change: str):
    path = tmp_path / "kernel.sym"
    TableSymbols([SymbolTable.of(KERNEL)]).write(path)
    whole = path.read_bytes()
    damaged = {"cut off": whole[:-1], "newline": whole[:-1] + b"x"}[change]
    path.write_bytes(damaged)
    with pytest.raises(SymbolError, match=r"kernel\.sym: damaged: \d+ bytes"):
        symbol_files.read(path)
    path.write_bytes(MAGIC + b"1234")
    with pytest.raises(SymbolError, match="cut off: 12 bytes"):
        symbol_files.read(path)
