# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables of a kernel's symbols as bytes, of which only what is asked for is decoded: a kernel has 100,000 symbols."""

from __future__ import annotations

import re
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from heapq import nsmallest
from itertools import accumulate, chain, pairwise
from struct import Struct
from typing import TypeAlias

from engine.guest.symbols import ABSOLUTE, NAME_CHARACTERS, REACH, Symbol, SymbolError, Symbols

KERNEL_MAP = 0xFFFFFFFF80000000
"""Nothing of a kernel is linked below (Documentation/arch/x86/x86_64/mm.rst); lower symbols are per-CPU offsets."""
SEARCHES = 1000
"""Names that are searched for in the tables; who asks for more than these is answered from a dictionary of all."""
_NUMBER = Struct("<Q")
_HEAD = Struct("<QQQQ")
"""how far moved, bytes of the file's name, of the addresses, of the names"""
MAGIC = b"vpsyms2" + sys.byteorder[:1].encode()
"""What a file of tables begins with; each has a head."""
END = "-"
"""The kind of a symbol without a name: what lies behind it, up to the next symbol, is no function."""


PART = 8
"""Of a table's names the first one of so many parts is looked at before all."""


def _beginning(names: bytes, word: bytes, last: int = 0xFF) -> list[bytes]:
    """Those of a table's names that begin with a word, behind which is no byte above a last one."""
    above = rb"(?![\x%02x-\xff])" % (last + 1) if last < 0xFF else b""
    return re.findall(rb"\n.(%b%b[^\n]*)" % (re.escape(word), above), names)


class SymbolTable:
    """Symbols of a kernel or of a module, in order of address."""

    def __init__(self, places: array[int], names: bytes, moved: int = 0) -> None:
        """Take the parts of a table.

        Args:
            places: addresses as linked, in rising order.
            names: the kind and the name of each symbol, each between newlines.
            moved: how far above its linked address the kernel runs.
        """
        self.places = places
        self.names = names
        self.moved_by = moved

    @classmethod
    def of(cls, symbols: Iterable[Symbol]) -> SymbolTable:
        """A table of symbols in any order. Those whose names are not printable are left out."""
        found = sorted((symbol for symbol in symbols if symbol[2].isprintable()), key=lambda symbol: symbol[0])
        names = "\n".join(["", *(kind + name[:NAME_CHARACTERS] for _, kind, name in found), ""])
        return cls(array("Q", [place for place, _, _ in found]), names.encode("utf-8", "replace"))

    def __len__(self) -> int:
        return len(self.places)

    @cached_property
    def labels(self) -> list[str]:
        """The kind and the name of each symbol, in one string."""
        return self.names.decode("utf-8", "replace").split("\n")[1:-1] if self.places else []

    @cached_property
    def symbols(self) -> tuple[Symbol, ...]:
        """In order of address. Per-CPU offsets are what they are wherever the kernel runs."""
        pairs = zip(self.places, self.labels, strict=True)
        return tuple((self._run_at(place), label[:1], label[1:]) for place, label in pairs)

    def moved(self, distance: int) -> SymbolTable:
        """The same symbols so many bytes further up."""
        return SymbolTable(self.places, self.names, self.moved_by + distance)

    def _run_at(self, place: int) -> int:
        return place + self.moved_by if place >= KERNEL_MAP else place

    # --- by name ---

    def address(self, name: str) -> int | None:
        """The address of a symbol, of several the lowest; None when there is none."""
        return next(self._addresses(name), None)

    def last_address(self, name: str) -> int | None:
        """The address of a symbol, of several the highest; None when there is none."""
        return max(self._addresses(name), default=None)

    def _addresses(self, name: str) -> Iterator[int]:
        word = name.encode("utf-8", "replace") + b"\n"
        at = self.names.find(word)
        while at >= 0:
            if at >= 2 and self.names[at - 2] == ord("\n"):
                yield self._run_at(self.places[self.names.count(b"\n", 0, at) - 1])
            at = self.names.find(word, at + 1)

    def beginning(self, prefix: str, most: int) -> list[str]:
        """The first so many names, in order, that begin with a text."""
        word = prefix.encode("utf-8", "replace")
        end = self.names.find(b"\n", len(self.names) // PART) + 1
        some = sorted({*_beginning(self.names[:end], word)})[most - 1 : most]
        # Where these are enough, what comes behind the last of them need not be looked at.
        following = [name[len(word)] for name in some if len(word) < len(name)]
        found = {*_beginning(self.names, word, *following)}
        return [name.decode("utf-8", "replace") for name in nsmallest(most, found)]

    # --- by address ---

    def below(self, address: int) -> tuple[int, str] | None:
        """The start and the name of the symbol at or below an address; None when none is near.

        Of several that start there the first global one is taken, else the first.
        """
        linked = self._linked(address)
        last = bisect_right(self.places, linked) - 1
        while last >= 0 and linked - self.places[last] < REACH and self.labels[last][0] in ABSOLUTE:
            last -= 1
        if last < 0 or linked - self.places[last] >= REACH:
            return None
        first = bisect_left(self.places, self.places[last])
        same = [label for label in self.labels[first : last + 1] if label[0] not in ABSOLUTE]
        name = next((label for label in same if label[0].isupper()), same[0])[1:]
        return (self._run_at(self.places[last]), name) if name else None

    def above(self, address: int) -> int | None:
        """Where the first symbol above an address starts; None when there is none."""
        first = bisect_right(self.places, self._linked(address))
        while first < len(self.places) and self.labels[first][0] in ABSOLUTE:
            first += 1
        return self._run_at(self.places[first]) if first < len(self.places) else None

    def _linked(self, address: int) -> int:
        linked = address - self.moved_by
        return linked if linked >= KERNEL_MAP else min(address, KERNEL_MAP - 1)


Programs: TypeAlias = Callable[[], Mapping[str, SymbolTable]]
"""Gives the functions of files that processes map, by the name of the file."""


class TableSymbols(Symbols):
    """The symbols of several tables. Those of a later table win over symbols of the same name in an earlier one."""

    def __init__(self, tables: Sequence[SymbolTable], programs: Programs = dict) -> None:
        """The symbols of a kernel and its modules.

        Args:
            tables: theirs.
            programs: gives those of the files that processes map, by name; called when they are needed.
        """
        super().__init__(chain.from_iterable(table.symbols for table in tables))
        self._tables = tuple(tables)
        self.programs = programs
        self._searches = 0

    @cached_property
    def files(self) -> Mapping[str, Symbols]:
        """Of the files that processes map, by name; their addresses are offsets in the file."""
        return {name: TableSymbols([table]) for name, table in self.programs().items()}

    def forget_files(self) -> None:
        """Ask anew for the functions of files when they are needed: there are more."""
        self.__dict__.pop("files", None)

    @classmethod
    def unpack(cls, data: bytes, place: str) -> TableSymbols:
        """The symbols of a file that `write` wrote; `place` names it in errors.

        Raises:
            SymbolError: it is cut off, or of another version.
        """
        if not data.startswith(MAGIC):
            raise SymbolError(f"{place}: of another version")
        kernel: list[SymbolTable] = []
        programs: dict[str, SymbolTable] = {}
        at = len(MAGIC)
        while at < len(data):
            if at + _HEAD.size > len(data):
                raise SymbolError(f"{place}: cut off: {len(data)} bytes")
            moved, *sizes = _HEAD.unpack_from(data, at)
            ends = list(accumulate(sizes, initial=at + _HEAD.size))
            name, places, names = (data[low:high] for low, high in pairwise(ends))
            if ends[-1] > len(data) or names.count(b"\n") - 1 != len(places) // _NUMBER.size:
                raise SymbolError(f"{place}: damaged: {len(data)} bytes")
            table = SymbolTable(array("Q", places), names, moved)
            if name:
                programs[name.decode("utf-8", "replace")] = table
            else:
                kernel.append(table)
            at = ends[-1]
        return cls(kernel, lambda: programs)

    def pack(self) -> bytes:
        """The tables as they are."""
        parts = [MAGIC]
        for name, table in (*(("", table) for table in self._tables), *self.programs().items()):
            file, places = name.encode(), table.places.tobytes()
            parts += [_HEAD.pack(table.moved_by, *map(len, (file, places, table.names))), file, places, table.names]
        return b"".join(parts)

    def __bool__(self) -> bool:
        return any(self._tables)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    @cached_property
    def _names(self) -> dict[str, None]:
        return dict.fromkeys(label[1:] for table in self._tables for label in table.labels)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __getitem__(self, name: str) -> int:
        found = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def beginning(self, prefix: str, most: int) -> Sequence[str]:
        """The first so many names, in order, that begin with a text."""
        found = chain.from_iterable(table.beginning(prefix, most) for table in self._tables)
        return nsmallest(most, {*found})

    def get(self, name: str) -> int | None:
        """Address of a name, or None."""
        if self._searches == SEARCHES:
            return self._index.addresses.get(name)
        self._searches += 1
        found = (table.last_address(name) for table in reversed(self._tables))
        return next((address for address in found if address is not None), None)

    def find(self, address: int) -> tuple[str, int] | None:
        """The symbol at or below an address and the distance to it; None when none is near."""
        nearest = self._nearest(address)
        return None if nearest is None else (nearest[1], address - nearest[0])

    def extent(self, address: int) -> tuple[int, int] | None:
        """Where the symbol at or below an address begins, and where the next one does; None when none is near."""
        nearest = self._nearest(address)
        if nearest is None:
            return None
        next_ones = [start for table in self._tables if (start := table.above(nearest[0])) is not None]
        return nearest[0], min([*next_ones, nearest[0] + REACH])

    def _nearest(self, address: int) -> tuple[int, str] | None:
        found = [one for table in self._tables if (one := table.below(address)) is not None]
        return max(found, key=lambda one: one[0], default=None)
