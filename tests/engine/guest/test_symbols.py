# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbol files: tolerant, bounded, exact."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.guest import symbols as module
from engine.guest.symbols import REACH, SymbolError, Symbols
from tests.engine.guest.linux import tables

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
    return Symbols.read(path)


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


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SymbolError, match=r"nowhere\.sym: No such file"):
        Symbols.read(tmp_path / "nowhere.sym")


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SymbolError, match="Is a directory"):
        Symbols.read(tmp_path)


def test_a_file_without_symbols_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "image.bin"
    path.write_bytes(bytes(range(256)) * 10)
    with pytest.raises(SymbolError, match="no symbols"):
        Symbols.read(path)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.sym"
    with path.open("wb") as file:
        file.truncate(module.FILE_BYTES + 1)
    with pytest.raises(SymbolError, match="at most"):
        Symbols.read(path)


def test_control_characters_do_not_become_names() -> None:
    assert list(module.parse(["ffffffff80001000 T evil\x1b[2J", "ffffffff80001000 T good"])) == [
        (0xFFFFFFFF80001000, "T", "good")
    ]


def test_long_names_are_cut() -> None:
    ((_, _, name),) = module.parse(["10 T " + "x" * 5000])
    assert len(name) == module.NAME_CHARACTERS


def test_addresses_beyond_64_bits_and_negative_ones_are_passed_over() -> None:
    assert list(module.parse(["1ffffffff80001000 T wide", "-10 T negative"])) == []


def test_an_absolute_symbol_names_no_address() -> None:
    table = Symbols([(0x1FB80, "A", "current_task")])
    assert table["current_task"] == 0x1FB80
    assert table.describe(0x1FB80) == "0x1fb80"


def test_a_stripped_linux_kernel_names_its_symbols_in_kallsyms(tmp_path: Path) -> None:
    path = tmp_path / "vmlinux"
    path.write_bytes(b"\x7fELF" + bytes(60) + tables.kallsyms(tables.symbols(), since_6_4=True, relative=True))
    assert Symbols.read(path).describe(tables.TEXT + 65) == "read_do.1+0x1"


def test_what_is_written_reads_back_the_same(tmp_path: Path) -> None:
    kernel = Symbols([*module.parse(KALLSYMS.splitlines()), (0x1FB80, "A", "current_task")])
    kernel.write(tmp_path / "again.sym")
    again = Symbols.read(tmp_path / "again.sym")
    assert {name: again[name] for name in again} == {name: kernel[name] for name in kernel}
    assert again.describe(0xFFFFFFFF80001041) == "alias_of_helper+0x1"
    assert again.describe(0x1FB80) == "0x1fb80"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("tmp")] == []


def test_a_symbol_reaches_to_the_next():
    symbols = Symbols([(0x1000, "T", "first"), (0x1040, "T", "second")])
    assert symbols.extent(0x1010) == (0x1000, 0x1040)
    assert symbols.extent(0x1041) == (0x1040, 0x1040 + REACH)
    assert symbols.extent(0xFFF) is None
