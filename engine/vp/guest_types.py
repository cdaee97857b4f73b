# SPDX-License-Identifier: GPL-2.0-or-later
"""Types of C that a guest's kernel describes, for languages above VP in which programs name them.

A provider describes types in words of its own; a compiler asks for those that a program names, and for what these
consist of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec


class ForeignInteger(msgspec.Struct, frozen=True):
    """An integer or enumeration of `size` bytes."""

    name: str
    size: int
    is_signed: bool = False


class ForeignVoid(msgspec.Struct, frozen=True):
    """`void`, a function, or something else without a value."""


class ForeignPointer(msgspec.Struct, frozen=True):
    """A pointer."""

    target: ForeignType


class ForeignArray(msgspec.Struct, frozen=True):
    """An array."""

    element: ForeignType
    length: int


class ForeignStruct(msgspec.Struct, frozen=True):
    """A structure or union, by a key that the provider knows: its layout is asked for when it is needed."""

    word: str
    tag: str
    key: int


ForeignType = ForeignInteger | ForeignVoid | ForeignPointer | ForeignArray | ForeignStruct


class ForeignField(msgspec.Struct, frozen=True):
    """A member, `bit` bits from the start of the structure; `bits` is the width of a bit-field, else 0."""

    name: str
    type: ForeignType
    bit: int
    bits: int = 0


class TypeProvider(Protocol):
    """Answers what a name means in C, as declared elsewhere. Answers None for what it does not know."""

    library: str
    """The name a program includes: `vmlinux` for `#include <vmlinux>`."""

    def structure(self, word: str, tag: str) -> ForeignStruct | None:
        """A structure or union by keyword and tag."""

    def tags(self) -> Mapping[str, Sequence[str]]:
        """The tags of all structures and unions, sorted, by their keyword. The first answer may take a second."""

    def typedefs(self) -> Sequence[str]:
        """The names of all typedefs, sorted. The first answer may take a second."""

    def typedef(self, name: str) -> ForeignType | None:
        """What a typedef stands for."""

    def fields(self, key: int) -> tuple[int, tuple[ForeignField, ...]] | None:
        """Size in bytes and members of a structure; those of anonymous members among them, in the outer one's place."""

    def constant(self, name: str) -> int | None:
        """The value of an enumerator."""
