# SPDX-License-Identifier: GPL-2.0-or-later
"""BTF, the type information inside a Linux kernel (Documentation/bpf/btf.rst of Linux).

Only what is asked for is decoded: the 150,000 types of a kernel are walked once for their places.
"""

from __future__ import annotations

import re
import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from engine.errors import VptopError

Buffer = bytes | bytearray | memoryview


class Kind(IntEnum):
    """Kinds of types, BTF_KIND_* of include/uapi/linux/btf.h."""

    VOID = 0
    INT = 1
    PTR = 2
    ARRAY = 3
    STRUCT = 4
    UNION = 5
    ENUM = 6
    FWD = 7
    TYPEDEF = 8
    VOLATILE = 9
    CONST = 10
    RESTRICT = 11
    FUNC = 12
    FUNC_PROTO = 13
    VAR = 14
    DATASEC = 15
    FLOAT = 16
    DECL_TAG = 17
    TYPE_TAG = 18
    ENUM64 = 19


MAGIC = 0xEB9F
_HEADER = struct.Struct("<HBBIIIII")
"""magic, version, flags, header bytes, offset and bytes of the types, offset and bytes of the strings"""
_START = re.compile(re.escape(struct.pack("<HBBI", MAGIC, 1, 0, _HEADER.size)))
_TYPE = struct.Struct("<III")
"""name, info, and size or type"""
_MEMBER = struct.Struct("<III")
"""name, type, offset in bits; with kind_flag: offset in the low 24 bits, size of the bit-field above"""
_WORD_BYTES = 4
_TYPE_WORDS = 3
_FIXED_WORDS = {Kind.INT: 1, Kind.ARRAY: 3, Kind.VAR: 1, Kind.DECL_TAG: 1}
_EACH_WORDS = {
    Kind.STRUCT: 3,
    Kind.UNION: 3,
    Kind.ENUM: 2,
    Kind.FUNC_PROTO: 2,
    Kind.DATASEC: 3,
    Kind.ENUM64: 3,
}
"""32-bit words behind a type's three: fixed ones, and for each of its vlen members."""
_QUALIFIERS = {Kind.TYPEDEF, Kind.VOLATILE, Kind.CONST, Kind.RESTRICT, Kind.TYPE_TAG}
_COMPOSITES = {Kind.STRUCT, Kind.UNION}
_NESTING = 64
"""Types nested deeper are damaged: a chain of qualifiers that leads back to itself."""
_POINTER_BYTES = 8


class BtfError(VptopError):
    """No type information, or some that is damaged. Go on without types, or name another kernel image."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a structure or union, those of anonymous members included.

    Attributes:
        name: as in the source; the members of an anonymous member stand in its place.
        offset: bits from the start of the outermost structure.
        bits: width of a bit-field; 0 for an ordinary member.
        type: number of its type.
    """

    name: str
    offset: int
    bits: int
    type: int


class Btf:
    """The types of one kernel."""

    def __init__(self, data: Buffer, index: bytes = b"") -> None:
        """Read type information that begins with its header.

        Args:
            data: the type information.
            index: its `index`, where that was made before.

        Raises:
            BtfError: it is cut off or damaged.
        """
        if len(data) < _HEADER.size:
            raise BtfError(f"{len(data)} bytes; the header of BTF has {_HEADER.size}")
        magic, version, _, header, types_at, type_bytes, strings_at, string_bytes = _HEADER.unpack_from(data)
        if magic != MAGIC or version != 1:
            raise BtfError(f"magic {magic:#x}, version {version}; BTF has {MAGIC:#x}, version 1")
        if header + max(types_at + type_bytes, strings_at + string_bytes) > len(data):
            raise BtfError(f"cut off: {len(data)} bytes of {header + strings_at + string_bytes}")
        self._types = bytes(data[header + types_at : header + types_at + type_bytes])
        self._strings = bytes(data[header + strings_at : header + strings_at + string_bytes])
        self._places, self._names = _halves(index) if index else _places(self._types)

    @property
    def data(self) -> bytes:
        """The type information, from its header on."""
        sizes = _HEADER.size, 0, len(self._types), len(self._types), len(self._strings)
        return b"".join((_HEADER.pack(MAGIC, 1, 0, *sizes), self._types, self._strings))

    @property
    def index(self) -> bytes:
        """The places of all types and of their names: with it, the same type information is opened without a walk."""
        return self._places.tobytes() + self._names.tobytes()

    def _named(self, name: int) -> Iterator[int]:
        """Numbers of the types whose name is at an offset."""
        number = 0
        try:
            while True:
                number = self._names.index(name, number + 1)
                yield number
        except ValueError:
            return

    # --- types by number ---

    def __len__(self) -> int:
        """How many types there are; number 0 is void."""
        return len(self._places)

    def _words(self, number: int) -> tuple[int, int, int]:
        if not 0 < number < len(self._places):
            return 0, 0, 0
        return _TYPE.unpack_from(self._types, self._places[number])

    def kind(self, number: int) -> Kind:
        """The kind of a type."""
        return Kind(self._words(number)[1] >> 24 & 0x1F)

    def name(self, number: int) -> str:
        """The name of a type; empty for an anonymous one."""
        return self._string(self._words(number)[0])

    def target(self, number: int) -> int:
        """The type that a pointer, typedef, qualifier, variable or function refers to."""
        return self._words(number)[2]

    def unqualified(self, number: int) -> int:
        """The type behind typedefs and qualifiers.

        Raises:
            BtfError: they lead back to themselves.
        """
        for _ in range(_NESTING):
            if self.kind(number) not in _QUALIFIERS:
                return number
            number = self.target(number)
        raise BtfError(f"type {number}: typedefs and qualifiers nested more than {_NESTING} deep")

    def size(self, number: int) -> int:
        """Bytes a value of a type takes; 0 for void, functions and types that are only declared.

        Raises:
            BtfError: damaged types.
        """
        count = 1
        for _ in range(_NESTING):
            number = self.unqualified(number)
            match self.kind(number):
                case Kind.ARRAY:
                    number, elements = self.array(number)
                    count *= elements
                case Kind.PTR:
                    return count * _POINTER_BYTES
                case Kind.INT | Kind.STRUCT | Kind.UNION | Kind.ENUM | Kind.ENUM64 | Kind.FLOAT:
                    return count * self._words(number)[2]
                case _:
                    return 0
        raise BtfError(f"type {number}: arrays nested more than {_NESTING} deep")

    def is_signed(self, number: int) -> bool:
        """Whether an integer or enumeration is signed."""
        number = self.unqualified(number)
        kind = self.kind(number)
        if kind is Kind.INT:
            encoding: int = struct.unpack_from("<I", self._types, self._places[number] + _TYPE.size)[0]
            return bool(encoding >> 24 & 1)
        return kind in {Kind.ENUM, Kind.ENUM64} and bool(self._words(number)[1] >> 31)

    def array(self, number: int) -> tuple[int, int]:
        """The element's type and the number of elements of an array."""
        element, _, count = struct.unpack_from("<III", self._types, self._places[number] + _TYPE.size)
        return element, count

    def enumerators(self, number: int) -> dict[str, int]:
        """Names and values of an enumeration."""
        wide = self.kind(number) is Kind.ENUM64
        layout = struct.Struct("<IQ" if wide else "<II")
        sign = 1 << (63 if wide else 31) if self.is_signed(number) else 0
        pairs = layout.iter_unpack(self._behind(number, layout.size))
        return {self._string(name): (value ^ sign) - sign for name, value in pairs}

    def members(self, number: int) -> Iterator[Member]:
        """The members of a structure or union as they are declared: anonymous ones have an empty name."""
        bit_fields = self._words(number)[1] >> 31
        for name, kind, offset in _MEMBER.iter_unpack(self._behind(number, _MEMBER.size)):
            bits, at = (offset >> 24, offset & 0xFFFFFF) if bit_fields else (0, offset)
            yield Member(self._string(name), at, bits, kind)

    def _behind(self, number: int, each: int) -> bytes:
        start = self._places[number] + _TYPE.size
        return self._types[start : start + each * (self._words(number)[1] & 0xFFFF)]

    def _string(self, offset: int) -> str:
        return self._strings[offset : self._strings.find(b"\0", offset)].decode("ascii", "backslashreplace")

    # --- types by name ---

    def find(self, name: str, *kinds: Kind) -> int | None:
        """The first type of a name and one of some kinds."""
        at = self._strings.find(b"\0%s\0" % name.encode())
        found = self._named(at + 1) if at >= 0 and name else ()
        return next((number for number in found if self.kind(number) in kinds), None)

    def names(self, *kinds: Kind) -> Iterator[str]:
        """The names of all types of some kinds."""
        wanted = set(kinds)
        yield from (
            name for number in range(1, len(self)) if self.kind(number) in wanted and (name := self.name(number))
        )

    def variable(self, section: str, name: str) -> tuple[int, int] | None:
        """Offset and type of a variable of a section such as `.data..percpu`; None when there is none."""
        number, wanted = self.find(section, Kind.DATASEC), self.find(name, Kind.VAR)
        if number is None or wanted is None:
            return None
        entries = _MEMBER.iter_unpack(self._behind(number, _MEMBER.size))
        return next(((offset, self.target(variable)) for variable, offset, _ in entries if variable == wanted), None)


def find(data: Buffer) -> Btf:
    """The type information of the kernel itself within a kernel image or a guest's memory.

    Raises:
        BtfError: there is none.
    """
    return Btf(locate(data))


def locate(data: Buffer) -> bytes:
    """The same, not decoded.

    Modules have some of their own, without the kernel's types.

    Raises:
        BtfError: there is none.
    """
    for match in _START.finditer(data):
        header = _HEADER.unpack_from(
            bytes(data[match.start() : match.start() + _HEADER.size]).ljust(_HEADER.size, b"\0")
        )
        end = match.start() + header[3] + max(header[4] + header[5], header[6] + header[7])
        if end <= len(data) and (b"\0task_struct\0" in bytes(data[match.start() : end])):
            return bytes(data[match.start() : end])
    raise BtfError("no BTF found: the kernel was built without CONFIG_DEBUG_INFO_BTF, or the image is cut off")


def _halves(index: bytes) -> tuple[array[int], array[int]]:
    """The two halves of `Btf.index`."""
    middle = len(index) // 2
    return array("I", index[:middle]), array("I", index[middle:])


def _places(types: bytes) -> tuple[array[int], array[int]]:
    """The offset of each type, and of its name; type 0 is void and has none."""
    places, names = array("I", [0]), array("I", [0])
    words = array("I", types[: len(types) & -_WORD_BYTES])
    if sys.byteorder == "big":
        words.byteswap()
    fixed = [_TYPE_WORDS + _FIXED_WORDS.get(kind, 0) for kind in Kind]
    each = [_EACH_WORDS.get(kind, 0) for kind in Kind]
    at, end = 0, len(words)
    try:
        while at < end:
            info = words[at + 1]
            kind = info >> 24 & 0x1F
            step = fixed[kind] + each[kind] * (info & 0xFFFF)
            places.append(at * _WORD_BYTES)
            names.append(words[at])
            at += step
    except IndexError:
        raise BtfError(f"type {len(places)}: damaged or of an unknown kind") from None
    if at * _WORD_BYTES != len(types):
        raise BtfError(f"type {len(places) - 1}: cut off")
    return places, names
