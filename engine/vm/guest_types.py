# SPDX-License-Identifier: GPL-2.0-or-later
"""The type information of a guest's kernel (BTF) in the words of languages that name C types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from engine.guest.linux.btf import Btf, BtfError, Kind
from engine.vp.guest_types import (
    ForeignArray,
    ForeignField,
    ForeignInteger,
    ForeignPointer,
    ForeignStruct,
    ForeignType,
    ForeignVoid,
)

_COMPOSITES = {"struct": Kind.STRUCT, "union": Kind.UNION}
_NESTING = 64
"""Types nested deeper are damaged."""


class BtfTypes:
    """Answers from BTF. Damaged parts of it are unknown types."""

    library = "vmlinux"

    def __init__(self, btf: Btf) -> None:
        self._btf = btf

    def structure(self, word: str, tag: str) -> ForeignStruct | None:
        """A structure or union by keyword and tag."""
        number = self._btf.find(tag, _COMPOSITES[word])
        return None if number is None else ForeignStruct(word, tag, number)

    def tags(self) -> Mapping[str, Sequence[str]]:
        """The tags of all structures and unions, sorted, by their keyword."""
        return self._tags

    @cached_property
    def _tags(self) -> dict[str, list[str]]:
        return {word: sorted(set(self._btf.names(kind))) for word, kind in _COMPOSITES.items()}

    def typedefs(self) -> Sequence[str]:
        """The names of all typedefs, sorted."""
        return self._typedefs

    @cached_property
    def _typedefs(self) -> list[str]:
        return sorted(set(self._btf.names(Kind.TYPEDEF)))

    def typedef(self, name: str) -> ForeignType | None:
        """What a typedef stands for."""
        number = self._btf.find(name, Kind.TYPEDEF)
        try:
            return None if number is None else self._type(number)
        except BtfError:
            return None

    def fields(self, key: int) -> tuple[int, tuple[ForeignField, ...]] | None:
        """Size in bytes and members of a structure, those of anonymous members among them."""
        if self._btf.kind(key) not in (Kind.STRUCT, Kind.UNION):
            return None
        try:
            return self._btf.size(key), tuple(self._members(key, 0, 0))
        except BtfError:
            return None

    def _members(self, number: int, start: int, depth: int) -> Iterator[ForeignField]:
        if depth > _NESTING:
            raise BtfError(f"type {number}: structures nested more than {_NESTING} deep")
        for member in self._btf.members(number):
            inner = self._btf.unqualified(member.type)
            if member.name:
                yield ForeignField(member.name, self._type(member.type), start + member.offset, member.bits)
            elif self._btf.kind(inner) in (Kind.STRUCT, Kind.UNION):
                yield from self._members(inner, start + member.offset, depth + 1)

    def constant(self, name: str) -> int | None:
        """The value of an enumerator."""
        return self._constants.get(name)

    @cached_property
    def _constants(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for number in range(1, len(self._btf)):
            if self._btf.kind(number) in (Kind.ENUM, Kind.ENUM64):
                found |= self._btf.enumerators(number)
        return found

    def _type(self, number: int, depth: int = 0) -> ForeignType:
        btf = self._btf
        if depth > _NESTING:
            raise BtfError(f"type {number}: types nested more than {_NESTING} deep")
        number = btf.unqualified(number)
        match btf.kind(number):
            case Kind.INT | Kind.FLOAT:
                return ForeignInteger(btf.name(number), btf.size(number), btf.is_signed(number))
            case Kind.ENUM | Kind.ENUM64:
                name = f"enum {btf.name(number)}".rstrip()
                return ForeignInteger(name, btf.size(number), btf.is_signed(number))
            case Kind.PTR:
                return ForeignPointer(self._type(btf.target(number), depth + 1))
            case Kind.ARRAY:
                element, length = btf.array(number)
                return ForeignArray(self._type(element, depth + 1), length)
            case Kind.STRUCT | Kind.UNION | Kind.FWD:
                word = "union" if btf.kind(number) is Kind.UNION else "struct"
                return ForeignStruct(word, btf.name(number), number)
            case _:
                return ForeignVoid()
