# SPDX-License-Identifier: GPL-2.0-or-later
"""The loaded modules of a running Linux kernel, from its own list: their code, symbols and unwind tables.

Each `struct module` is chained in the list `modules`, and has its symbols as an ELF symbol table (`mod_kallsyms`,
kernel/module/kallsyms.c). Its parts are in `core_layout` up to Linux 6.3, and in the array `mem` since 6.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import Struct

from engine.guest.linux.btf import Btf
from engine.guest.linux.kernel import Kernel, Read
from engine.guest.linux.layout import Layout, LayoutError, layout
from engine.guest.linux.orc import ENTRY_BYTES, IP_BYTES, OrcTable
from engine.guest.linux.symbol_table import SymbolTable
from engine.guest.symbols import Symbol

MODULES = 4096
"""A longer list is damaged."""
_SYMBOLS = 1 << 16
_STRING_BYTES = 1 << 22
_LIVE = 0
"""MODULE_STATE_LIVE"""
_SYMBOL = Struct("<IBBHQQ")
"""Elf64_Sym: name, info, other, section, value, size"""
_SECTION_UNDEFINED = 0
_FUNCTION, _OBJECT, _UNTYPED = 2, 1, 0
_KINDS = {_FUNCTION: "t", _OBJECT: "d", _UNTYPED: "t"}
"""Letters of nm by type of symbol."""
_WORD = 8


@dataclass(frozen=True, slots=True)
class Module:
    """A loaded module.

    Attributes:
        name: as lsmod prints it.
        start: address of its code.
        symbols: its functions and objects.
        unwind: its ORC table; None when it has none.
    """

    name: str
    start: int
    symbols: SymbolTable = field(repr=False)
    unwind: OrcTable | None = field(repr=False)


class ModuleList:
    """Reads the modules of a kernel; those it has read before are not read again."""

    def __init__(self, kernel: Kernel) -> None:
        """Look up where the list and the members of its elements are.

        Raises:
            LayoutError: the kernel has no modules, or no types that say how they look.
        """
        head = kernel.address("modules")
        if kernel.types is None or head is None:
            raise LayoutError("the kernel does not say where its modules are")
        self._head = head
        self._places = _Places(kernel.types)
        self._known: dict[tuple[int, str], Module] = {}

    def update(self, read: Read) -> bool:
        """Read the list; True when modules have come or gone since the last time."""
        found: dict[tuple[int, str], Module] = {}
        for at in self._walk(read):
            data = read(at, self._places.size)
            key = at, self._places.name(data)
            if len(data) == self._places.size and self._places.state(data) == _LIVE:
                found[key] = self._known.get(key) or self._places.module(data, key[1], read)
        changed = found.keys() != self._known.keys()
        self._known = found
        return changed

    @property
    def modules(self) -> tuple[Module, ...]:
        """The modules as of the latest update, the newest first."""
        return tuple(self._known.values())

    def _walk(self, read: Read) -> Iterator[int]:
        at = _word(read(self._head, _WORD), 0)
        for _ in range(MODULES):
            if not at or at == self._head:
                return
            yield at - self._places.link
            at = _word(read(at, _WORD), 0)


class _Places:
    """Where the members of struct module are in one kernel."""

    def __init__(self, types: Btf) -> None:
        module, tables = layout(types, "module"), layout(types, "mod_kallsyms")
        self.size = module.size
        self.link = module["list"].offset
        self._name = module["name"]
        self._state = module["state"].offset
        self._base = _first(module, "mem[0].base", "core_layout.base")
        self._kallsyms = module["kallsyms"].offset
        self._tables_size = tables.size
        self._symtab, self._count, self._strtab = (tables[name].offset for name in ("symtab", "num_symtab", "strtab"))
        self._orc = [module.get(f"arch.{name}") for name in ("num_orcs", "orc_unwind_ip", "orc_unwind")]

    def name(self, data: bytes) -> str:
        text = data[self._name.offset : self._name.offset + self._name.size].split(b"\0")[0]
        return text.decode("ascii", "backslashreplace")

    def state(self, data: bytes) -> int:
        return int.from_bytes(data[self._state : self._state + 4], "little")

    def module(self, data: bytes, name: str, read: Read) -> Module:
        symbols = SymbolTable.of(self._symbols(data, read))
        return Module(name, _word(data, self._base), symbols, self._unwind(data, read))

    def _symbols(self, data: bytes, read: Read) -> Iterator[Symbol]:
        tables = read(_word(data, self._kallsyms), self._tables_size)
        if len(tables) < self._tables_size:
            return
        count = min(int.from_bytes(tables[self._count : self._count + 4], "little"), _SYMBOLS)
        table = read(_word(tables, self._symtab), count * _SYMBOL.size)
        entries = [_SYMBOL.unpack_from(table, at) for at in range(0, len(table) - _SYMBOL.size + 1, _SYMBOL.size)]
        strings = read(_word(tables, self._strtab), _strings_bytes(entries))
        for text, info, _, section, value, _ in entries:
            kind = _KINDS.get(info & 0xF)
            label = strings[text : strings.find(b"\0", text)].decode("ascii", "backslashreplace")
            if kind and section != _SECTION_UNDEFINED and label:
                yield value, kind.upper() if info >> 4 else kind, label

    def _unwind(self, data: bytes, read: Read) -> OrcTable | None:
        if None in self._orc:
            return None
        count, words, entries = (_word(data, field.offset) for field in self._orc if field)
        count = min(count & 0xFFFFFFFF, _STRING_BYTES // ENTRY_BYTES)
        return OrcTable.of(words, read(words, count * IP_BYTES), read(entries, count * ENTRY_BYTES))


def _strings_bytes(entries: list[tuple[int, int, int, int, int, int]]) -> int:
    """Bytes of strings worth reading: up to behind the last name."""
    last = max((entry[0] for entry in entries), default=0)
    return min(last + 512, _STRING_BYTES)


def _first(structure: Layout, *paths: str) -> int:
    for path in paths:
        field = structure.get(path)
        if field is not None:
            return field.offset
    return structure[paths[-1]].offset


def _word(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + _WORD], "little")
