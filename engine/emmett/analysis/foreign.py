# SPDX-License-Identifier: GPL-2.0-or-later
"""Types of a provider as types of Emmett. They describe a 64-bit guest, whatever the memory model is."""

from __future__ import annotations

from engine.emmett.analysis.context import Context
from engine.emmett.types.models import DEFAULT
from engine.emmett.types.types import (
    VOID,
    ArrayType,
    Field,
    IntegerType,
    PointerType,
    StructType,
    Type,
)
from engine.vp.guest_types import (
    ForeignArray,
    ForeignInteger,
    ForeignPointer,
    ForeignStruct,
    ForeignType,
    ForeignVoid,
    TypeProvider,
)

_BYTE = 8


class Foreign:
    """Looks names up in the provider of a program, if it has one."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: dict[int, StructType] = {}

    @property
    def _provider(self) -> TypeProvider | None:
        return self._context.provider

    def structure(self, word: str, tag: str) -> StructType | None:
        """A structure by keyword and tag."""
        found = None if self._provider is None else self._provider.structure(word, tag)
        return None if found is None else self._struct(found)

    def typedef(self, name: str) -> Type | None:
        """What a typedef stands for."""
        found = None if self._provider is None else self._provider.typedef(name)
        return None if found is None else self._type(found)

    def _type(self, foreign: ForeignType) -> Type:
        match foreign:
            case ForeignInteger(name, size, is_signed):
                return IntegerType(name, size, DEFAULT, is_signed)
            case ForeignVoid():
                return VOID
            case ForeignPointer(target):
                return PointerType(self._type(target), DEFAULT)
            case ForeignArray(element, length):
                return ArrayType(self._type(element), length, DEFAULT)
            case ForeignStruct():
                return self._struct(foreign)

    def _struct(self, foreign: ForeignStruct) -> StructType:
        if foreign.key not in self._known:
            self._known[foreign.key] = StructType(
                foreign.word, foreign.tag, DEFAULT, lambda structure: self._lay_out(structure, foreign.key)
            )
        return self._known[foreign.key]

    def _lay_out(self, structure: StructType, key: int) -> bool:
        found = None if self._provider is None else self._provider.fields(key)
        if found is None:
            return False
        structure.byte_size, fields = found
        for one in fields:
            place, first = divmod(one.bit, _BYTE)
            structure.fields[one.name] = Field(
                one.name, self._type(one.type), place, first if one.bits else 0, one.bits
            )
        return True
