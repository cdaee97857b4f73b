# SPDX-License-Identifier: GPL-2.0-or-later
"""Functions of programs and shared libraries by their offset in the file, wherever a process maps it.

Files are ELF for x86-64 (elf(5)). A file without `.symtab` has the functions of `.dynsym`, which it shares with others.
That table is also found as the dynamic linker finds it, without the sections, which lie at the end of a file.

pyelftools takes some milliseconds for a file, a hundred times as long: too much for each one in a RAM disk or a folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from struct import Struct, error
from typing import TypeAlias

from engine.guest.linux.symbol_table import END, SymbolTable
from engine.guest.symbols import NAME_CHARACTERS, Symbol

Buffer: TypeAlias = bytes | memoryview
MAGIC = b"\x7fELF\x02\x01"
"""64 bits, little-endian"""
_HEADER = Struct("<16x2H4x8x2Q6x4H")
"""type, machine, offset of segments and of sections, size and number of segments, size and number of sections"""
_SEGMENT = Struct("<2I2Q8xQ16x")
"""type, flags, offset, address, bytes in the file"""
_SECTION = Struct("<4xI16x2QI12xQ")
"""type, offset, size, number of the linked section, size of an entry"""
_SYMBOL = Struct("<IBxHQQ")
"""name, type and binding, section, address, size"""
_NOTE = Struct("<3I")
"""sizes of name and description, type"""
_EXECUTABLE, _SHARED, _X86_64 = 2, 3, 62
_LOAD, _DYNAMIC, _NOTES, _EXECUTE = 1, 2, 4, 1
_SYMTAB, _DYNSYM = 2, 11
_UNTYPED, _FUNCTION, _INDIRECT = 0, 2, 10
_UNDEFINED, _RESERVED = 0, 0xFF00
"""Sections of symbols: none, and from here on no section of the file."""
_GLOBAL = (1, 2)
_BUILD_ID, _GNU = 3, b"GNU\0"
_ENTRY = Struct("<2Q")
"""of the dynamic section: tag, value"""
_STRINGS, _STRINGS_SIZE, _SYMBOLS, _HASH, _GNU_HASH = 5, 10, 6, 4, 0x6FFFFEF5
_HASHED = Struct("<I")
_MOST_ENTRIES, _MOST_BUCKETS = 512, 1 << 18
"""of a dynamic section and of its hash table; one with more is damaged"""


@dataclass(frozen=True, slots=True)
class Program:
    """A program or a shared library, or its symbols in a file of their own.

    Attributes:
        data: the file.
        build_id: what identifies the build; empty where the linker wrote none.
        code: executable segments: address, offset in the file, bytes in the file.
        tables: symbol tables by type: offset, size, and the offset and size of their strings.
    """

    data: Buffer = field(repr=False)
    build_id: bytes
    code: tuple[tuple[int, int, int], ...]
    tables: Mapping[int, tuple[int, int, int, int]]

    @property
    def is_complete(self) -> bool:
        """Whether its code is in the file; otherwise it holds what was stripped from another one."""
        return any(size for _, _, size in self.code) or not self.tables

    @property
    def has_all_symbols(self) -> bool:
        """Whether it was not stripped."""
        return _SYMTAB in self.tables

    def exported(self) -> Program:
        """The same with the symbols alone that it shares with others."""
        return replace(self, tables={kind: table for kind, table in self.tables.items() if kind != _SYMTAB})

    def functions(self, symbols: Program | None = None) -> SymbolTable:
        """Its functions by offset in the file.

        Args:
            symbols: the file that has its symbols; None: they are its own.
        """
        found: dict[int, list[tuple[int, str, str]]] = {}
        for start, size, kind, name in _functions(symbols or self):
            offset = self._offset(start)
            if offset is not None and offset < len(self.data) and size <= len(self.data):
                found.setdefault(offset, []).append((min(size, len(self.data) - offset), kind, name))
        return SymbolTable.of(_with_ends(found))

    def _offset(self, address: int) -> int | None:
        return next((address - at + offset for at, offset, size in self.code if at <= address < at + size), None)


def program(data: Buffer) -> Program | None:
    """The program in a file; None when it is no ELF file of that kind, or damaged."""
    try:
        if bytes(data[: len(MAGIC)]) != MAGIC:
            return None
        kind, machine, segments_at, sections_at, *sizes = _HEADER.unpack_from(data)
        if kind not in (_EXECUTABLE, _SHARED) or machine != _X86_64:
            return None
        segments = [_SEGMENT.unpack_from(data, segments_at + n * sizes[0]) for n in range(sizes[1])]
        sections = [_SECTION.unpack_from(data, sections_at + n * sizes[2]) for n in range(sizes[3])]
        code = tuple(
            (at, start, size) for kind, flags, start, at, size in segments if kind == _LOAD and flags & _EXECUTE
        )
        notes = (data[start : start + size] for kind, _, start, _, size in segments if kind == _NOTES)
        build_id = next((found for note in notes if (found := _build_id(note))), b"")
        tables = {
            kind: (start, size, *sections[link][1:3])
            for kind, start, size, link, _ in sections
            if kind in (_SYMTAB, _DYNSYM) and link < len(sections)
        }
        if not tables and (dynamic := _dynamic(data, segments)):
            tables[_DYNSYM] = dynamic
    except (error, OverflowError):
        return None
    return Program(data, build_id, code, tables)


def _dynamic(data: Buffer, segments: Sequence[tuple[int, int, int, int, int]]) -> tuple[int, int, int, int] | None:
    """Where the symbols are that the dynamic section names, and their strings; None without such a section.

    Raises:
        error: it leads out of the file.
    """
    found: dict[int, int] = {}
    start, size = next(((start, size) for kind, _, start, _, size in segments if kind == _DYNAMIC), (0, 0))
    for at in range(start, start + min(size, _MOST_ENTRIES * _ENTRY.size), _ENTRY.size):
        tag, value = _ENTRY.unpack_from(data, at)
        found.setdefault(tag, value)

    def offset(tag: int) -> int | None:
        address = found.get(tag, -1)
        loaded = ((begin, at, length) for kind, _, begin, at, length in segments if kind == _LOAD)
        return next((address - at + begin for begin, at, length in loaded if at <= address < at + length), None)

    symbols, strings, table, older = (offset(tag) for tag in (_SYMBOLS, _STRINGS, _GNU_HASH, _HASH))
    if symbols is None or strings is None or (table is None and older is None):
        return None
    count = _hashed(data, table) if table is not None else Struct("<4xI").unpack_from(data, older or 0)[0]
    return symbols, count * _SYMBOL.size, strings, found.get(_STRINGS_SIZE, 0)


def _hashed(data: Buffer, at: int) -> int:
    """How many symbols there are by a DT_GNU_HASH table: the last of the last chain has an odd hash.

    Raises:
        error: it is damaged.
    """
    buckets, first, blooms = Struct("<3I").unpack_from(data, at)
    start = at + 16 + 8 * blooms
    chains = start + 4 * buckets
    if buckets > _MOST_BUCKETS:
        raise error("more buckets than any file has")
    last = max(Struct(f"<{buckets}I").unpack(data[start:chains]), default=0)
    if last < first:
        return int(first)
    for index in range(last - first, last - first + _MOST_BUCKETS):
        (hashed,) = _HASHED.unpack_from(data, chains + 4 * index)
        if hashed & 1:
            return int(first + index + 1)
    raise error("a chain without an end")


def _build_id(notes: Buffer) -> bytes:
    at = 0
    while at + _NOTE.size <= len(notes):
        name, size, type_ = _NOTE.unpack_from(notes, at)
        text = at + _NOTE.size
        start = text + (name + 3) // 4 * 4
        if type_ == _BUILD_ID and bytes(notes[text : text + name]) == _GNU:
            return bytes(notes[start : start + size])
        at = start + (size + 3) // 4 * 4
    return b""


def _functions(program: Program) -> Iterator[tuple[int, int, str, str]]:
    """Address, size, letter of nm, and name of each function."""
    table = program.tables.get(_SYMTAB) or program.tables.get(_DYNSYM)
    if table is None:
        return
    start, size, strings_at, strings_size = table
    are_some = not program.has_all_symbols  # what follows one without a size may be another function then
    entries = program.data[start : start + size // _SYMBOL.size * _SYMBOL.size]
    strings = bytes(program.data[strings_at : strings_at + strings_size]) + b"\0"
    with suppress(error):  # cut off
        for name_at, info, section, address, length in _SYMBOL.iter_unpack(entries):
            if not _UNDEFINED < section < _RESERVED or info & 0xF not in (_UNTYPED, _FUNCTION, _INDIRECT):
                continue
            if are_some and not length:
                continue
            name = strings[name_at : strings.find(b"\0", name_at)].decode("utf-8", "replace")[:NAME_CHARACTERS]
            if name and name.isprintable():
                yield address, length, "T" if info >> 4 in _GLOBAL else "t", name


def _with_ends(found: Mapping[int, Sequence[tuple[int, str, str]]]) -> Iterable[Symbol]:
    """The symbols, and an end wherever a function is over before the next one begins.

    What lies within a function is part of it, such as a label of assembly code.
    """
    end = 0
    for start in sorted(found):
        size = max(size for size, _, _ in found[start])
        if start < end and start + size <= end:
            continue
        if 0 < end < start:
            yield end, END, ""
        yield from ((start, kind, name) for _, kind, name in found[start])
        end = start + size if size else 0
    if end:
        yield end, END, ""


def tables_of(files: Iterable[tuple[str, Program]], known: Iterable[Program] = ()) -> dict[str, SymbolTable]:
    """The functions of files by their names. A name that files of different contents have is left out.

    Args:
        files: base names and programs.
        known: further files whose symbols belong to programs with the same build ID.
    """
    programs: dict[str, Program] = {}
    ambiguous: set[str] = set()
    for name, one in files:
        if programs.setdefault(name, one).data != one.data:
            ambiguous.add(name)
    by_build = {one.build_id: one for one in known if one.has_all_symbols and one.build_id}
    tables = {
        name: one.functions(None if one.has_all_symbols else by_build.get(one.build_id))
        for name, one in programs.items()
        if name not in ambiguous
    }
    return {name: table for name, table in tables.items() if len(table)}
