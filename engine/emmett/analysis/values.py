# SPDX-License-Identifier: GPL-2.0-or-later
"""Typed values, and how values in guest memory are read."""

from __future__ import annotations

from dataclasses import dataclass

from engine.emmett.analysis.context import Context
from engine.emmett.analysis.folding import binary
from engine.emmett.analysis.nodes import MASK, Form, Node, Number, Word
from engine.emmett.syntax.location import Location
from engine.emmett.types.types import (
    INT64,
    STRING,
    WORD_BYTES,
    ArrayType,
    Field,
    IntegerType,
    PointerType,
    StringType,
    StructType,
    Type,
    VoidType,
    WrongType,
    is_number,
    is_text_in_memory,
    size_of,
)
from engine.vp.limits import Limits

BYTE = 8
LONGEST_STRING = Limits().string_bytes - 1
"""What is read of a string in memory, in bytes."""


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression stands for. `address` is its place in guest memory, if it has one."""

    type: Type
    node: Node
    at: Location
    address: Node | None = None


def nothing(at: Location) -> Value:
    """The value of an expression that was reported."""
    return Value(WrongType(), Number(0, at), at)


def in_memory(kind: Type, address: Node, at: Location, field: Field | None = None) -> Value:
    """What is at an address; of a structure or array, that is the address itself."""
    if isinstance(kind, IntegerType | PointerType):
        bits = field.bits if field is not None else 0
        node: Node = Form(kind.model.accessor, (address,), at)
        if field is not None and field.first_bit:
            node = binary(">>", node, Number(field.first_bit, at), at)
        width = bits or kind.size * BYTE
        if width < WORD_BYTES * BYTE:
            node = Form("&", (Number((1 << width) - 1, at), node), at)
            if isinstance(kind, IntegerType) and kind.is_signed:
                node = _extended(node, Number(1 << width - 1, at), at)
        return Value(kind, node, at, None if bits else address)
    return Value(kind, address, at, address)


def _extended(node: Node, sign: Number, at: Location) -> Node:
    """A masked value with its sign extended: VP has no arithmetic shift."""
    return Form("-", (Form("^", (node, sign), at), sign), at)


def number(context: Context, value: Value, why: str) -> Node:
    """The integer a value is.

    Args:
        context: of the analysis; a value of another type is reported there.
        value: any.
        why: what the integer is for, in words.
    """
    if is_number(value.type):
        return value.node
    if not unreadable(context, value):
        message = f"{why} is of type {value.type}"
        context.report("E621", value.at, message, expected="an integer or a pointer")
    return Number(0, value.at)


def text(context: Context, value: Value, why: str) -> Node:
    """The string a value is; `char *` and `char []` are read from guest memory."""
    if isinstance(value.type, StringType | WrongType):
        return value.node
    if is_text_in_memory(value.type):
        return read_string(context, value)
    if not unreadable(context, value):
        expected = "a string, or `char *` to read one from memory"
        context.report("E621", value.at, f"{why} is of type {value.type}", expected=expected)
    return Word('""', value.at)


def unreadable(context: Context, value: Value) -> bool:
    """Report a value that nobody can read: a structure, an aggregate, nothing at all."""
    if isinstance(value.type, StructType):
        message = f"{value.type} has {size_of(value.type)} bytes; {WORD_BYTES} are read at most"
        context.report("E625", value.at, message, expected="one of its members, or its address with `&`")
    elif isinstance(value.type, VoidType):
        context.report("E625", value.at, "this has no value", expected="an expression with a value")
    else:
        return False
    return True


def read_string(context: Context, value: Value) -> Node:
    """The text at an address, in a string of its own."""
    at = value.at
    target = Word(context.symbols.temporary(at).vp_name, at)
    copy = Form("getgueststr", (target, Number(LONGEST_STRING, at), value.node), at)
    return Form("do", (copy, target), at)


def result_type(left: Type, right: Type) -> Type:
    """The type of a choice between two numbers: a pointer when one of them is."""
    for kind in (left, right):
        if isinstance(kind, PointerType):
            return kind
        if isinstance(kind, ArrayType):
            return PointerType(kind.element, kind.model)
    return INT64


def variable_type(kind: Type) -> Type | None:
    """The type a variable gets that is declared by an assignment; None when none fits."""
    if isinstance(kind, StringType):
        return STRING
    if isinstance(kind, PointerType | ArrayType):
        return result_type(kind, kind)
    return INT64 if isinstance(kind, IntegerType | WrongType) else None


def scaled(context: Context, index: Node, element: Type, at: Location) -> Node:
    """An index in elements as one in bytes."""
    size = 1 if isinstance(element, VoidType) else size_of(element)
    if isinstance(element, StructType) and not element.complete():
        context.undefined(element, at)
    return binary("*", index, Number(max(1, size) & MASK, at), at)
