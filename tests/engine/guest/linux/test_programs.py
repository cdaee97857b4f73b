# SPDX-License-Identifier: GPL-2.0-or-later
"""Functions of ELF files at their offsets: as pyelftools reads them, and in files written for the purpose."""

from __future__ import annotations

import random
from io import BytesIO

import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from engine.core.library import LIBRARY
from engine.guest.linux.programs import Program, program, tables_of
from engine.guest.linux.symbol_table import TableSymbols
from tests.engine.guest.linux.elf_writer import CODE_AT, CODE_BYTES, FUNCTION, INDIRECT, LABEL, OBJECT, Sym, elf

TEXT = 0x401000
SYMBOLS: list[Sym] = [
    ("outer", TEXT + 0x10, 0x40, FUNCTION, True),
    ("label", TEXT + 0x20, 0, LABEL, False),
    ("part", TEXT + 0x28, 8, FUNCTION, False),
    ("next", TEXT + 0x50, 0x10, FUNCTION, False),
    ("alias", TEXT + 0x50, 0x10, FUNCTION, True),
    ("unsized", TEXT + 0x80, 0, LABEL, True),
    ("last", TEXT + 0x100, 0x20, INDIRECT, True),
    ("data", TEXT + 0x200, 8, OBJECT, True),
    ("elsewhere", 0x900000, 8, FUNCTION, True),
    ("undefined", 0, 8, FUNCTION, True),
    ("evil\x1b", TEXT + 0x300, 8, FUNCTION, True),
]


def known(data: bytes) -> Program:
    found = program(data)
    assert found is not None
    return found


def name(data: bytes, offset: int) -> str:
    return TableSymbols([known(data).functions()]).describe(offset)


@pytest.mark.parametrize(
    ("offset", "shown"),
    [
        (0xF, "0x100f"),
        (0x10, "outer"),
        (0x24, "outer+0x14"),
        (0x2A, "outer+0x1a"),
        (0x4F, "outer+0x3f"),
        (0x51, "alias+0x1"),
        (0x60, "0x1060"),
        (0x7F, "0x107f"),
        (0x90, "unsized+0x10"),
        (0x11F, "last+0x1f"),
        (0x120, "0x1120"),
        (0x304, "0x1304"),
    ],
)
def test_an_offset_has_the_function_that_it_is_in_or_none(offset: int, shown: str):
    assert name(elf(SYMBOLS), CODE_AT + offset) == shown


def test_shared_functions_count_where_there_are_no_others():
    shared = [("exported", TEXT, 8, FUNCTION, True)]
    assert name(elf((), shared), CODE_AT + 4) == "exported+0x4"
    assert name(elf([("own", TEXT, 8, FUNCTION, False)], shared), CODE_AT + 4) == "own+0x4"


def test_a_library_has_the_functions_that_another_reader_finds():
    data = LIBRARY.read_bytes()
    expected: dict[int, set[str]] = {}
    file = ELFFile(BytesIO(data))
    segments = [part for part in file.iter_segments("PT_LOAD") if part["p_flags"] & 1]
    table = file.get_section_by_name(".symtab")
    assert isinstance(table, SymbolTableSection)
    for symbol in table.iter_symbols():
        if symbol["st_info"]["type"] == "STT_FUNC" and symbol["st_size"] and symbol["st_shndx"] != "SHN_UNDEF":
            at = symbol["st_value"]
            (part,) = (part for part in segments if part["p_vaddr"] <= at < part["p_vaddr"] + part["p_filesz"])
            expected.setdefault(at - part["p_vaddr"] + part["p_offset"], set()).add(symbol.name)
    found = TableSymbols([known(data).functions()])
    assert len(expected) > 100
    assert {offset for offset, names in expected.items() if (found.find(offset) or ("", 0))[0] not in names} == set()
    notes = [note for part in file.iter_segments("PT_NOTE") for note in part.iter_notes()]  # type: ignore[attr-defined]
    expected_id = next((note["n_desc"] for note in notes if note["n_type"] == "NT_GNU_BUILD_ID"), "")
    assert known(data).build_id.hex() == expected_id


def without_sections() -> bytearray:
    """A library without what describes its sections."""
    data = bytearray(LIBRARY.read_bytes())
    data[0x28:0x30], data[0x3C:0x3E] = bytes(8), bytes(2)  # e_shoff, e_shnum
    return data


def test_without_sections_the_exported_functions_are_those_that_the_dynamic_linker_finds():
    file = ELFFile(BytesIO(LIBRARY.read_bytes()))
    table = file.get_section_by_name(".dynsym")
    assert isinstance(table, SymbolTableSection)
    listed = [symbol for symbol in table.iter_symbols() if symbol["st_shndx"] != "SHN_UNDEF"]
    functions = {symbol.name for symbol in listed if symbol["st_info"]["type"] == "STT_FUNC" and symbol["st_size"]}
    labels = known(bytes(without_sections())).functions().labels
    assert len(functions) > 100
    assert {label[1:] for label in labels} - {""} == functions


def test_a_damaged_dynamic_section_or_hash_table_is_no_table():
    whole = without_sections()
    file = ELFFile(BytesIO(LIBRARY.read_bytes()))
    places = [one["sh_offset"] for one in file.iter_sections() if one.name in {".dynamic", ".gnu.hash"}]
    rng = random.Random(9)
    for _ in range(200):
        data, at = whole.copy(), rng.choice(places) + rng.randrange(0, 256, 4)
        data[at : at + 4] = rng.choice((b"\xff" * 4, bytes(4), b"\1" * 4, rng.randbytes(4)))
        one = program(bytes(data))
        if one is not None:
            assert {*one.tables} <= {11}


@pytest.mark.parametrize(
    "data",
    [b"", b"MZ", b"\x7fELF\2\1", elf(SYMBOLS)[:80], elf(machine=40), elf(kind=1), b"\x7fELF\1" + elf()[5:]],
    ids=["empty", "other", "head", "cut", "arm", "object", "32 bits"],
)
def test_other_files_are_none(data: bytes):
    assert program(data) is None


def test_a_file_that_is_cut_off_has_no_functions_that_it_does_not_name():
    data = elf(SYMBOLS)
    for size in range(CODE_AT + CODE_BYTES, len(data), 7):
        one = program(data[:size] + bytes(len(data) - size))
        if one is not None:
            assert {label[1:] for label in one.functions().labels} <= {"", *(symbol[0] for symbol in SYMBOLS)}


def test_a_damaged_file_has_functions_within_it_or_none():
    rng = random.Random(7)
    whole = elf(SYMBOLS, [("shared", TEXT, 8, FUNCTION, True)], build_id=b"1234")
    for _ in range(1000):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            at = rng.choice((rng.randrange(64 + 3 * 56), rng.randrange(CODE_AT + CODE_BYTES, len(data))))
            data[at : at + 8] = rng.choice((b"\xff" * 8, bytes(8), rng.randbytes(8)))
        one = program(bytes(data))
        if one is not None:
            assert all(place <= len(data) for place in one.functions().places)


def test_symbols_may_come_from_a_file_with_the_same_build_id():
    stripped = known(elf(build_id=b"1234"))
    debug = known(elf([("main", TEXT + 8, 8, FUNCTION, True)], build_id=b"1234", code=False))
    other = known(elf([("wrong", TEXT + 8, 8, FUNCTION, True)], build_id=b"5678", code=False))
    assert (stripped.is_complete, debug.is_complete) == (True, False)
    tables = tables_of([("a", stripped)], [other, debug])
    assert TableSymbols([tables["a"]]).describe(CODE_AT + 0xA) == "main+0x2"
    assert tables_of([("a", stripped)], [other]) == {}


def test_a_name_that_different_files_have_is_left_out():
    one, same, other = known(elf(SYMBOLS)), known(elf(SYMBOLS)), known(elf(SYMBOLS[:1]))
    assert tables_of([("a", one), ("b", one), ("a", same)]).keys() == {"a", "b"}
    assert tables_of([("a", one), ("b", one), ("a", other)]).keys() == {"b"}
