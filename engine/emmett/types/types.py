# SPDX-License-Identifier: GPL-2.0-or-later
"""The types of Emmett. Values of variables are integers of 64 bits or strings; the others describe guest memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from engine.emmett.types.models import DEFAULT, EXPLICIT, Model

WORD_BYTES = 8
"""Bytes of a value of VP, and the most that is read from memory at once."""


@dataclass(frozen=True, slots=True)
class IntegerType:
    """An integer; `size` is what it takes in memory, in bytes. Reads of signed ones extend the sign to 64 bits."""

    name: str
    size: int
    model: Model
    is_signed: bool = False

    @property
    def alignment(self) -> int:
        """Bytes."""
        return self.size

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class PointerType:
    """An address of something in memory."""

    target: Type
    model: Model

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return self.model.pointer_bytes

    @property
    def alignment(self) -> int:
        """Bytes."""
        return self.model.pointer_bytes

    def __str__(self) -> str:
        return f"{self.target}*" if isinstance(self.target, PointerType) else f"{self.target} *"


@dataclass(frozen=True, slots=True)
class ArrayType:
    """Elements one after the other; length 0 when it is not known."""

    element: Type
    length: int
    model: Model

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return size_of(self.element) * self.length

    @property
    def alignment(self) -> int:
        """Bytes."""
        return alignment_of(self.element)

    def __str__(self) -> str:
        return f"{self.element}[{self.length or ''}]"


@dataclass(frozen=True, slots=True)
class Field:
    """A member of a structure: bytes from its start; of a bit-field, also the bits from there, and how many."""

    name: str
    type: Type
    offset: int
    first_bit: int = 0
    bits: int = 0


@dataclass(eq=False, slots=True)
class StructType:
    """A structure or union. Its layout is asked for when it is needed, and then known: pointers may lead in cycles."""

    word: str
    tag: str
    model: Model
    lay_out: Callable[[StructType], bool] | None = None
    """fills in the rest; False when the type is only declared"""
    is_complete: bool = False
    fields: dict[str, Field] = field(default_factory=dict)
    byte_size: int = 0
    byte_alignment: int = 1

    def complete(self) -> bool:
        """Whether the layout is known."""
        if not self.is_complete and self.lay_out is not None:
            lay_out, self.lay_out = self.lay_out, None
            self.is_complete = lay_out(self)
        return self.is_complete

    def __str__(self) -> str:
        return f"{self.word} {self.tag}" if self.tag else f"{self.word} {{…}}"


@dataclass(frozen=True, slots=True)
class StringType:
    """Text of at most 255 bytes."""

    def __str__(self) -> str:
        return "string"


@dataclass(frozen=True, slots=True)
class VoidType:
    """No value."""

    def __str__(self) -> str:
        return "void"


@dataclass(frozen=True, slots=True)
class AggregateType:
    """An aggregate and the numbers of its keys."""

    integer_keys: int
    string_keys: int

    def __str__(self) -> str:
        return f"aggr[{self.integer_keys}][{self.string_keys}]"


@dataclass(frozen=True, slots=True)
class BagType:
    """A bag and the pairs it holds."""

    pairs: int

    def __str__(self) -> str:
        return "bag"


@dataclass(frozen=True, slots=True)
class CallableType:
    """A function; parameters None: nothing is known of them."""

    result: Type
    parameters: tuple[Type, ...]

    def __str__(self) -> str:
        return f"{self.result} ({', '.join(map(str, self.parameters))})"


@dataclass(frozen=True, slots=True)
class WrongType:
    """The type of what was reported already: it agrees with everything."""

    def __str__(self) -> str:
        return "unknown type"


Type = (
    IntegerType
    | PointerType
    | ArrayType
    | StructType
    | StringType
    | VoidType
    | AggregateType
    | BagType
    | CallableType
    | WrongType
)

STRING, VOID, WRONG = StringType(), VoidType(), WrongType()
INT64 = IntegerType("int", WORD_BYTES, DEFAULT)
"""The type of variables, of results of operators and of whatever nothing else is known of."""
INTEGER_TYPEDEFS = tuple(EXPLICIT)


def size_of(kind: Type) -> int:
    """Bytes in memory; 0 for what has no place there."""
    match kind:
        case IntegerType() | PointerType() | ArrayType():
            return kind.size
        case StructType():
            kind.complete()
            return kind.byte_size
        case _:
            return 0


def alignment_of(kind: Type) -> int:
    """What the address of such an object is a multiple of, in bytes."""
    match kind:
        case IntegerType() | PointerType() | ArrayType():
            return kind.alignment or 1
        case StructType():
            kind.complete()
            return kind.byte_alignment
        case _:
            return 1


def is_number(kind: Type) -> bool:
    """Whether values of a type are integers to VP: addresses and arrays, which are their address, among them."""
    return isinstance(kind, IntegerType | PointerType | ArrayType | WrongType)


def is_text_in_memory(kind: Type) -> bool:
    """Whether a type is `char *` or `char []`, from which a string can be read."""
    element = kind.target if isinstance(kind, PointerType) else kind.element if isinstance(kind, ArrayType) else None
    return isinstance(element, IntegerType) and element.size == 1


def decayed(kind: Type) -> Type:
    """An array as the pointer to its first element, any other type as it is."""
    return PointerType(kind.element, kind.model) if isinstance(kind, ArrayType) else kind
