# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbol files: tolerant, bounded, exact."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.guest import symbol_files
from engine.guest.symbols import NAME_CHARACTERS, SymbolError, Symbols
from tests.engine.guest.linux import tables
from tests.engine.guest.test_symbols import KALLSYMS


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SymbolError, match=r"nowhere\.sym: No such file"):
        symbol_files.read(tmp_path / "nowhere.sym")


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SymbolError, match="Is a directory"):
        symbol_files.read(tmp_path)


def test_a_file_without_symbols_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "image.bin"
    path.write_text("no symbols at all\n" * 10)
    with pytest.raises(SymbolError, match="no symbols, neither as in"):
        symbol_files.read(path)
    path.write_bytes(b"MZ\0\0\n00000000 T main\n")
    with pytest.raises(
        SymbolError, match=r"neither text nor an ELF file; .* are read with --kernel, without --symbols"
    ):
        symbol_files.read(path)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.sym"
    with path.open("wb") as file:
        file.truncate(symbol_files.FILE_BYTES + 1)
    with pytest.raises(SymbolError, match="at most"):
        symbol_files.read(path)


def test_control_characters_do_not_become_names() -> None:
    assert list(symbol_files.parse(["ffffffff80001000 T evil\x1b[2J", "ffffffff80001000 T good"])) == [
        (0xFFFFFFFF80001000, "T", "good")
    ]


def test_long_names_are_cut() -> None:
    ((_, _, name),) = symbol_files.parse(["10 T " + "x" * 5000])
    assert len(name) == NAME_CHARACTERS


def test_addresses_beyond_64_bits_and_negative_ones_are_passed_over() -> None:
    assert list(symbol_files.parse(["1ffffffff80001000 T wide", "-10 T negative"])) == []


def test_a_stripped_linux_kernel_names_its_symbols_in_kallsyms(tmp_path: Path) -> None:
    path = tmp_path / "vmlinux"
    path.write_bytes(b"\x7fELF" + bytes(60) + tables.kallsyms(tables.symbols(), since_6_4=True, relative=True))
    assert symbol_files.read(path).describe(tables.TEXT + 65) == "read_do.1+0x1"


def test_what_is_written_reads_back_the_same(tmp_path: Path) -> None:
    kernel = Symbols([*symbol_files.parse(KALLSYMS.splitlines()), (0x1FB80, "A", "current_task")])
    kernel.write(tmp_path / "again.sym")
    again = symbol_files.read(tmp_path / "again.sym")
    assert {name: again[name] for name in again} == {name: kernel[name] for name in kernel}
    assert again.describe(0xFFFFFFFF80001041) == "alias_of_helper+0x1"
    assert again.describe(0x1FB80) == "0x1fb80"
    assert [path.name for path in tmp_path.iterdir()] == ["again.sym"]
