# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbols of a guest kernel, read from a file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, TypeAlias

from engine.errors import InputError
from engine.guest.linux import kallsyms

FILE_BYTES = 1 << 30
"""Longest file read: a vmlinux with debugging information. The text of a distribution kernel takes 20 MiB at most."""
NAME_CHARACTERS = 512
"""KSYM_NAME_LEN of Linux since 6.1; longer names are cut."""
ADDRESSES = 1 << 64
_ELF = b"\x7fELF"
Symbol: TypeAlias = tuple[int, str, str]
"""Address, kind as nm prints it, name."""
ABSOLUTE = ("A", "a")
"""Kinds that are numbers rather than places: offsets of Linux's per-CPU variables, for one."""
_LETTERS = {"STT_FUNC": "t", "STT_OBJECT": "d", "STT_NOTYPE": "t"}
"""Kinds of ELF symbols that name places, by the letters of nm."""
REACH = 1 << 20
"""No function or table is longer: an address further above a symbol belongs to none."""


class SymbolError(InputError):
    """A symbol file that cannot be used. Name another one, or continue without symbols."""


@dataclass(frozen=True, slots=True)
class _Index:
    addresses: dict[str, int]
    """by name"""
    kinds: dict[str, str]
    """by name"""
    starts: list[int]
    """addresses that have a name, in order"""
    names: list[str]
    """of the starts"""


class _Addresses(Mapping[str, int]):
    """Addresses by name. Two are equal when they are those of one table, whatever is in it."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols

    def __getitem__(self, name: str) -> int:
        return self._symbols[name]

    def __contains__(self, name: object) -> bool:
        return name in self._symbols

    def __iter__(self) -> Iterator[str]:
        return iter(self._symbols)

    def __len__(self) -> int:
        return len(self._symbols)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Addresses) and self._symbols is other._symbols

    def __hash__(self) -> int:
        return id(self._symbols)


class Symbols:
    """Names by address and addresses by name.

    When a name repeats, its last line counts, as in the toolkit's compiler. Absolute symbols have an address but name
    none. Of several names at one address the
    first global one is shown, else the first.
    """

    def __init__(self, symbols: Iterable[Symbol] = ()) -> None:
        """From (address, letter of its kind as nm prints it, name) triples, taken when the first is needed."""
        self._source = symbols

    @cached_property
    def _index(self) -> _Index:
        addresses: dict[str, int] = {}
        kinds: dict[str, str] = {}
        shown: dict[int, tuple[bool, str]] = {}
        for address, kind, name in self._source:
            addresses[name], kinds[name] = address, kind
            if kind in ABSOLUTE:
                continue
            is_global = kind.isupper()
            if address not in shown or (is_global and not shown[address][0]):
                shown[address] = (is_global, name)
        self._source = ()
        starts = sorted(shown)
        return _Index(addresses, kinds, starts, [shown[start][1] for start in starts])

    @classmethod
    def read(cls, path: Path) -> Symbols:
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

    def matching(self, is_wanted: Callable[[str], bool]) -> Symbols:
        """Those whose names are wanted."""
        addresses, kinds = self._index.addresses, self._index.kinds
        return Symbols([(address, kinds[name], name) for name, address in addresses.items() if is_wanted(name)])

    def lines(self) -> Iterator[str]:
        """The symbols in /proc/kallsyms format."""
        return (f"{address:016x} {self._index.kinds[name]} {name}\n" for name, address in self._index.addresses.items())

    def write(self, path: Path) -> None:
        """Write the symbols in /proc/kallsyms format; an existing file is replaced whole, or stays as it was.

        Raises:
            OSError: the file cannot be written.
        """
        write_whole(path, (line.encode() for line in self.lines()))

    def __len__(self) -> int:
        return len(self._index.addresses)

    @property
    def addresses(self) -> Mapping[str, int]:
        """Addresses by name."""
        return _Addresses(self)

    def __iter__(self) -> Iterator[str]:
        return iter(self._index.addresses)

    def __contains__(self, name: object) -> bool:
        return name in self._index.addresses

    def __getitem__(self, name: str) -> int:
        return self._index.addresses[name]

    def get(self, name: str) -> int | None:
        """Address of a name, or None."""
        return self._index.addresses.get(name)

    def find(self, address: int) -> tuple[str, int] | None:
        """The symbol at or below an address and the distance to it; None when none is near."""
        index = bisect_right(self._index.starts, address) - 1
        if index < 0 or address - self._index.starts[index] >= REACH:
            return None
        return self._index.names[index], address - self._index.starts[index]

    def extent(self, address: int) -> tuple[int, int] | None:
        """Where the symbol at or below an address begins, and where the next one does; None when none is near."""
        starts = self._index.starts
        index = bisect_right(starts, address) - 1
        if index < 0 or address - starts[index] >= REACH:
            return None
        end = starts[index + 1] if index + 1 < len(starts) else starts[index] + REACH
        return starts[index], min(end, starts[index] + REACH)

    def describe(self, address: int) -> str:
        """`name+0x12`, `name` at its start, or the bare address when no symbol is near."""
        found = self.find(address)
        if found is None:
            return f"{address:#x}"
        name, offset = found
        return f"{name}+{offset:#x}" if offset else name


def write_whole(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file; an existing one is replaced whole, or stays as it was.

    Raises:
        OSError: it cannot be written.
    """
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            file.writelines(parts)
            file.flush()
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _parse(file: BinaryIO, path: Path) -> Symbols:
    """The symbols of a file by what it begins with."""
    from engine.guest.linux.symbol_table import MAGIC, TableSymbols  # a kind of Symbols itself

    head = file.read(len(MAGIC))
    file.seek(0)
    if head == MAGIC:
        return TableSymbols.unpack(file.read(), str(path))
    if head.startswith(_ELF):
        return Symbols(_parse_image(file))
    return Symbols(list(parse(line.decode("utf-8", "replace") for line in file)))


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
