# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that hold the symbols of a guest: nm and kallsyms text, ELF files, stripped Linux kernels, packed tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from engine.guest.linux import kallsyms
from engine.guest.linux.symbol_table import MAGIC, TableSymbols
from engine.guest.symbols import ADDRESSES, NAME_CHARACTERS, Symbol, SymbolError, Symbols

FILE_BYTES = 1 << 30
"""Longest file read: a vmlinux with debugging information. The text of a distribution kernel takes 20 MiB at most."""
_HEAD_BYTES = 4096
"""Enough of a file to know that it is no text."""
_ELF = b"\x7fELF"
_STUB = "The"
"""`ffffffffffffffff B The real System.map is in the linux-image-<version>-dbg package`, read as a symbol."""
_LETTERS = {"STT_FUNC": "t", "STT_OBJECT": "d", "STT_NOTYPE": "t"}
"""Kinds of ELF symbols that name places, by the letters of nm."""


def read(path: Path) -> Symbols:
    """Read a symbol file in /proc/kallsyms format, or the symbols of an ELF file. Without any it is an error.

    Those of an ELF file are in its symbol table or, in a stripped Linux kernel, in its kallsyms tables.

    Lines that are not symbols are passed over.

    Raises:
        SymbolError: missing, unreadable, too large, or no symbols in it.
    """
    try:
        size = path.stat().st_size
        if size > FILE_BYTES:
            raise SymbolError(f"{path}: {size} bytes; a symbol file has at most {FILE_BYTES}")
        with path.open("rb") as file:
            table = _parse(file, path)
    except OSError as error:
        raise SymbolError(f"{path}: {error.strerror or error}") from error
    if not table:
        raise SymbolError(
            f"{path}: no symbols, neither as in /proc/kallsyms (`address letter name`), nor as in ELF, nor as in a "
            "Linux kernel"
        )
    return table


def _parse(file: BinaryIO, path: Path) -> Symbols:
    """The symbols of a file by what it begins with."""
    head = file.read(len(MAGIC))
    file.seek(0)
    if head == MAGIC:
        return TableSymbols.unpack(file.read(), str(path))
    if head.startswith(_ELF):
        return Symbols(_parse_image(file))
    if b"\0" in file.read(_HEAD_BYTES):
        raise SymbolError(
            f"{path}: neither text nor an ELF file; expected System.map, /proc/kallsyms or vmlinux. The symbols of a "
            "compressed kernel are read with --kernel, without --symbols"
        )
    file.seek(0)
    found = list(parse(line.decode("utf-8", "replace") for line in file))
    if [name for _, _, name in found] == [_STUB]:
        raise SymbolError(f"{path}: Debian's stub of a System.map; the symbols are in the package linux-image-…-dbg")
    if found and not any(address for address, _, _ in found):
        raise SymbolError(f"{path}: every address is 0, as /proc/kallsyms shows without privileges; read it as root")
    return Symbols(found)


def _parse_image(file: BinaryIO) -> list[Symbol]:
    found = parse_elf(file)
    if not found:
        file.seek(0)
        with suppress(kallsyms.KallsymsError):
            found = kallsyms.read(file.read())
    return found


def parse_elf(file: BinaryIO) -> list[Symbol]:
    """The symbols of an ELF file's .symtab; none when it was stripped or is damaged."""
    from elftools.common.exceptions import ELFError  # most starts read no ELF file, and need not wait for it
    from elftools.elf.elffile import ELFFile
    from elftools.elf.sections import SymbolTableSection

    found = []
    try:
        table = ELFFile(file).get_section_by_name(".symtab")
        for symbol in table.iter_symbols() if isinstance(table, SymbolTableSection) else ():
            letter = _LETTERS.get(symbol["st_info"]["type"])
            name = symbol.name[:NAME_CHARACTERS]
            if letter and name and name.isprintable() and symbol["st_shndx"] not in ("SHN_UNDEF", "SHN_ABS"):
                is_global = symbol["st_info"]["bind"] == "STB_GLOBAL"
                found.append((int(symbol["st_value"]), letter.upper() if is_global else letter, name))
    except (ELFError, ValueError, KeyError, OSError):
        return []
    return found


def parse(lines: Iterable[str]) -> Iterator[Symbol]:
    """The symbols in lines of the form `ffffffff81000000 T _text [module]`; other lines are passed over."""
    for line in lines:
        fields = line.split(None, 3)
        if len(fields) < 3 or len(fields[1]) != 1 or not fields[1].isalpha():
            continue
        try:
            address = int(fields[0], 16)
        except ValueError:
            continue
        name = fields[2][:NAME_CHARACTERS]
        if 0 <= address < ADDRESSES and name.isprintable():
            yield address, fields[1], name
