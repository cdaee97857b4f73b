# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the members of a kernel's structures are, by names as C writes them: `mm.arg_start`, `mem[0].base`."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from engine.errors import VptopError
from engine.guest.linux.btf import Btf, BtfError, Kind, Member

_COMPOSITES = (Kind.STRUCT, Kind.UNION)


class LayoutError(VptopError):
    """A structure or member that this kernel does not have. Correct the name, or do without it."""


@dataclass(frozen=True, slots=True)
class Field:
    """A member found.

    Attributes:
        offset: bytes from the start of the structure.
        size: bytes it takes; of a bit-field those of its type.
        shift: bits a bit-field stands above that offset; 0 for an ordinary member.
        bits: width of a bit-field; 0 for an ordinary member.
        type: number of its type.
    """

    offset: int
    size: int
    shift: int
    bits: int
    type: int


class Layout:
    """One structure or union: its size and where its members are."""

    def __init__(self, btf: Btf, number: int, name: str) -> None:
        self._btf = btf
        self._number = number
        self.name = name
        self.size = btf.size(number)
        """in bytes"""

    @cached_property
    def members(self) -> dict[str, Member]:
        """All members by name, those of anonymous structures and unions included, in order of declaration."""
        return _flat(self._btf, self._number, 0, 0)

    def get(self, path: str) -> Field | None:
        """A member, or a member of a member (`a.b`, `a[3].b`); None when there is none.

        Pointers are not followed.
        """
        number, offset, member = self._number, 0, None
        for word in path.split("."):
            name, _, index = word.rstrip("]").partition("[")
            members = self.members if member is None else _flat(self._btf, number, 0, 0)
            member = members.get(name)
            if member is None:
                return None
            offset += member.offset
            number = self._btf.unqualified(member.type)
            if index:
                if self._btf.kind(number) is not Kind.ARRAY:
                    return None
                element, _ = self._btf.array(number)
                offset += int(index) * self._btf.size(element) * 8
                number = self._btf.unqualified(element)
        assert member is not None  # noqa: S101 - a split string has a word
        size = self._btf.size(number)
        unit = size if member.bits else 1
        at = offset // 8 // unit * unit
        return Field(at, size, offset - at * 8, member.bits, number)

    def __getitem__(self, path: str) -> Field:
        field = self.get(path)
        if field is None:
            near = get_close_matches(path, self.members, 1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            raise LayoutError(f"struct {self.name} of this kernel has no member `{path}`{hint}")
        return field


def layout(btf: Btf, name: str) -> Layout:
    """The layout of a structure, a union, or a typedef of one.

    Raises:
        LayoutError: this kernel has none of that name.
    """
    number = btf.find(name, *_COMPOSITES)
    if number is None:
        alias = btf.find(name, Kind.TYPEDEF)
        number = None if alias is None else btf.unqualified(alias)
    if number is None or btf.kind(number) not in _COMPOSITES:
        raise LayoutError(f"this kernel has no structure `{name}`")
    return Layout(btf, number, name)


def _flat(btf: Btf, number: int, offset: int, depth: int) -> dict[str, Member]:
    if depth > 32:
        raise BtfError(f"type {number}: anonymous members nested more than 32 deep")
    found: dict[str, Member] = {}
    if btf.kind(number) not in _COMPOSITES:
        return found
    for member in btf.members(number):
        at = offset + member.offset
        if member.name:
            found.setdefault(member.name, Member(member.name, at, member.bits, member.type))
        else:
            for name, inner in _flat(btf, btf.unqualified(member.type), at, depth + 1).items():
                found.setdefault(name, inner)
    return found
