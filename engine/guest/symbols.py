# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbols of a guest kernel: names by address and addresses by name."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from pathlib import Path
from typing import TypeAlias

from engine.errors import InputError
from engine.files import write_whole

NAME_CHARACTERS = 512
"""KSYM_NAME_LEN of Linux since 6.1; longer names are cut."""
ADDRESSES = 1 << 64
Symbol: TypeAlias = tuple[int, str, str]
"""Address, kind as nm prints it, name."""
ABSOLUTE = ("A", "a")
"""Kinds that are numbers rather than places: offsets of Linux's per-CPU variables, for one."""
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
    letters: list[str]
    """kinds of the names of the starts"""


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

    def beginning(self, prefix: str, most: int) -> Sequence[str]:
        """The first so many names, in order, that begin with a text."""
        return self._symbols.beginning(prefix, most)

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
        shown: dict[int, tuple[str, str]] = {}
        for address, kind, name in self._source:
            addresses[name], kinds[name] = address, kind
            if kind in ABSOLUTE:
                continue
            if address not in shown or (kind.isupper() and not shown[address][0].isupper()):
                shown[address] = (kind, name)
        self._source = ()
        starts = sorted(shown)
        letters, names = [shown[start][0] for start in starts], [shown[start][1] for start in starts]
        return _Index(addresses, kinds, starts, names, letters)

    @property
    def files(self) -> Mapping[str, Symbols]:
        """Of the files that processes map, by name; their addresses are offsets in the file."""
        return {}

    def matching(self, is_wanted: Callable[[str], bool]) -> Symbols:
        """Those whose names are wanted."""
        addresses, kinds = self._index.addresses, self._index.kinds
        return Symbols([(address, kinds[name], name) for name, address in addresses.items() if is_wanted(name)])

    def triples(self) -> Iterator[Symbol]:
        """Address, letter and name of each; a table of these is the same. Of a name that repeats, the last counts."""
        index = self._index
        for address, letter, name in zip(index.starts, index.letters, index.names, strict=True):
            if index.addresses[name] != address:
                yield address, letter, name
        for name, address in index.addresses.items():
            yield address, index.kinds[name], name

    def lines(self) -> Iterator[str]:
        """The symbols in /proc/kallsyms format."""
        return (f"{address:016x} {kind} {name}\n" for address, kind, name in self.triples())

    def pack(self) -> bytes:
        """The contents of a symbol file, in /proc/kallsyms format."""
        return "".join(self.lines()).encode()

    def write(self, path: Path) -> None:
        """Write a symbol file; an existing one is replaced whole, or stays as it was.

        Raises:
            OSError: the file cannot be written.
        """
        write_whole(path, [self.pack()], durable=False)

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

    def beginning(self, prefix: str, most: int) -> Sequence[str]:
        """The first so many names, in order, that begin with a text."""
        return nsmallest(most, (name for name in self if name.startswith(prefix)))

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
