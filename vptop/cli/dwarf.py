# SPDX-License-Identifier: GPL-2.0-or-later
"""Structures of an ELF file, from its DWARF (versions 2 to 5, chapter 5: type entries)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from elftools.common.exceptions import DWARFError, ELFError
from elftools.elf.elffile import ELFFile

from engine.errors import InputError
from vptop.cli.members import Member, integer

_STRUCTURES = ("DW_TAG_structure_type", "DW_TAG_union_type")
_QUALIFIERS = (
    "DW_TAG_typedef", "DW_TAG_const_type", "DW_TAG_volatile_type", "DW_TAG_restrict_type", "DW_TAG_atomic_type",
)  # fmt: skip
_POINTER_BYTES = 8
Entry: TypeAlias = Any
"""A debugging information entry of pyelftools, which has no types."""


class DwarfError(InputError):
    """A file without DWARF. Compile with -g, or name another one."""


class Dwarf:
    """Structures by name; see `vptop.cli.structs.Types`."""

    def __init__(self, data: bytes) -> None:
        """Read all names.

        Raises:
            DwarfError: it is no ELF file, or was compiled without debugging information.
        """
        try:
            file = ELFFile(io.BytesIO(data))
            if not file.has_dwarf_info():
                raise DwarfError("no debugging information")
            info = file.get_dwarf_info()
            self._structures: dict[str, Entry] = {}
            for unit in info.iter_CUs():
                for entry in unit.iter_DIEs():
                    if entry.tag in _STRUCTURES and "DW_AT_byte_size" in entry.attributes and (name := _name(entry)):
                        self._structures.setdefault(name, entry)
        except (ELFError, DWARFError, KeyError, ValueError) as error:
            raise DwarfError(str(error)) from error
        if not self._structures:
            raise DwarfError("no structures")

    def names(self) -> Iterable[str]:
        """The names of all structures."""
        return self._structures

    def members(self, name: str) -> list[Member] | None:
        """The members of a structure, as far as they begin at a whole byte; None when it is not there."""
        entry = self._structures.get(name)
        return None if entry is None else list(_flat(entry, 0))


def _flat(entry: Entry, base: int) -> Iterator[Member]:
    for child in entry.iter_children():
        if child.tag != "DW_TAG_member" or "DW_AT_bit_size" in child.attributes:
            continue
        location = child.attributes.get("DW_AT_data_member_location")
        offset = base + (location.value if location and isinstance(location.value, int) else 0)
        kind = _unqualified(child.get_DIE_from_attribute("DW_AT_type"))
        if name := _name(child):
            yield Member(name, offset, _form(kind))
        elif kind.tag in _STRUCTURES:
            yield from _flat(kind, offset)


def _form(entry: Entry) -> str:
    if entry.tag == "DW_TAG_pointer_type":
        target = _target(entry)
        if target is not None and target.tag in _STRUCTURES and _name(target):
            return f"struct {_name(target)} *%s"
        return "char *%s" if target is not None and _size(target) == 1 else "long %s"
    if entry.tag == "DW_TAG_array_type":
        element = _target(entry)
        return integer(max(1, _size(element) if element is not None else 1), max(1, _count(entry)))
    return integer(1, _size(entry)) if entry.tag in _STRUCTURES else integer(_size(entry))


def _name(entry: Entry) -> str:
    attribute = entry.attributes.get("DW_AT_name")
    return attribute.value.decode("ascii", "backslashreplace") if attribute else ""


def _target(entry: Entry) -> Entry | None:
    return _unqualified(entry.get_DIE_from_attribute("DW_AT_type")) if "DW_AT_type" in entry.attributes else None


def _unqualified(entry: Entry) -> Entry:
    while entry.tag in _QUALIFIERS and "DW_AT_type" in entry.attributes:
        entry = entry.get_DIE_from_attribute("DW_AT_type")
    return entry


def _size(entry: Entry) -> int:
    if entry.tag == "DW_TAG_pointer_type":
        return _POINTER_BYTES
    if entry.tag == "DW_TAG_array_type":
        element = _target(entry)
        return _count(entry) * (_size(element) if element is not None else 1)
    attribute = entry.attributes.get("DW_AT_byte_size")
    return int(attribute.value) if attribute else 1


def _count(entry: Entry) -> int:
    """Elements of an array, over all its dimensions; 0 for a flexible one."""
    count = 1
    for child in entry.iter_children():
        if child.tag == "DW_TAG_subrange_type":
            if (number := child.attributes.get("DW_AT_count")) is not None:
                count *= int(number.value)
            elif (last := child.attributes.get("DW_AT_upper_bound")) is not None and isinstance(last.value, int):
                count *= last.value + 1
            else:
                count = 0
    return count
