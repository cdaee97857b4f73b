# SPDX-License-Identifier: GPL-2.0-or-later
"""The syntax tree of Emmett: every node knows its location, no name is resolved."""

from __future__ import annotations

from dataclasses import dataclass

from engine.emmett.syntax.location import Location

# --- expressions ---


@dataclass(frozen=True, slots=True)
class Integer:
    """An integer literal of at most 64 bits."""

    value: int
    at: Location


@dataclass(frozen=True, slots=True)
class String:
    """One or several adjacent string literals; `text` keeps the escapes as written, without the quotes."""

    text: str
    at: Location


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, parameter, constant, or in other nodes the name of what they speak of."""

    name: str
    at: Location


@dataclass(frozen=True, slots=True)
class Unary:
    """`op operand` with one of `& * + - ~ !`."""

    op: str
    operand: Expr
    at: Location


@dataclass(frozen=True, slots=True)
class Binary:
    """`left op right`."""

    op: str
    left: Expr
    right: Expr
    at: Location


@dataclass(frozen=True, slots=True)
class Choice:
    """`condition ? yes : no`."""

    condition: Expr
    yes: Expr
    no: Expr
    at: Location


@dataclass(frozen=True, slots=True)
class Assign:
    """`target op value`, where op is `=` or `+=` and its like."""

    target: Expr
    op: str
    value: Expr
    at: Location


@dataclass(frozen=True, slots=True)
class Insert:
    """`target <- value` into an aggregate or a bag; value None means `target++`."""

    target: Expr
    value: Expr | None
    at: Location


@dataclass(frozen=True, slots=True)
class Comma:
    """`first, second`."""

    first: Expr
    second: Expr
    at: Location


@dataclass(frozen=True, slots=True)
class Cast:
    """`(type) operand`."""

    type: TypeName
    operand: Expr
    at: Location


@dataclass(frozen=True, slots=True)
class SizeOf:
    """`sizeof (type)` or `sizeof operand`."""

    operand: TypeName | Expr
    at: Location


@dataclass(frozen=True, slots=True)
class Index:
    """`base[index, ...]`."""

    base: Expr
    indices: tuple[Expr, ...]
    at: Location


@dataclass(frozen=True, slots=True)
class Member:
    """`base.field` or, when arrow, `base->field`."""

    base: Expr
    field: Name
    arrow: bool
    at: Location


@dataclass(frozen=True, slots=True)
class Call:
    """`function(argument, ...)`."""

    function: Name
    args: tuple[Expr, ...]
    at: Location


Expr = (
    Integer | String | Name | Unary | Binary | Choice | Assign | Insert | Comma | Cast | SizeOf | Index | Member | Call
)

# --- types ---


@dataclass(frozen=True, slots=True)
class Words:
    """A type made of keywords, in the order written: `unsigned int`."""

    words: tuple[str, ...]
    at: Location


@dataclass(frozen=True, slots=True)
class TypedefName:
    """A type that a typedef named."""

    name: str
    at: Location


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a structure; name None and no type parts: an unnamed bit-field or an anonymous structure."""

    specifiers: Specifiers
    declarator: Declarator | None
    offset: Expr | None
    bits: Expr | None
    at: Location


@dataclass(frozen=True, slots=True)
class StructType:
    """`struct tag`, `union tag`, or with fields; `word` is the keyword."""

    word: str
    tag: Name | None
    fields: tuple[Field, ...] | None
    at: Location


@dataclass(frozen=True, slots=True)
class EnumType:
    """`enum tag`, or with enumerators (name, value or None)."""

    tag: Name | None
    items: tuple[tuple[Name, Expr | None], ...] | None
    at: Location


BaseType = Words | TypedefName | StructType | EnumType


@dataclass(frozen=True, slots=True)
class Specifiers:
    """What stands before the declarators: one type, and the words `typedef` and storage classes."""

    bases: tuple[BaseType, ...]
    typedef: bool
    storage: tuple[str, ...]
    at: Location


@dataclass(frozen=True, slots=True)
class PointerPart:
    """`*`."""


@dataclass(frozen=True, slots=True)
class ArrayPart:
    """`[length]` or `[]`."""

    length: Expr | None


@dataclass(frozen=True, slots=True)
class CallablePart:
    """`(parameters)`."""

    parameters: tuple[Parameter, ...]


Part = PointerPart | ArrayPart | CallablePart


@dataclass(frozen=True, slots=True)
class Declarator:
    """A declared name and what stands around it, nearest first; name None where none is declared."""

    name: Name | None
    parts: tuple[Part, ...]
    at: Location


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a function or probe."""

    specifiers: Specifiers
    declarator: Declarator | None
    at: Location


@dataclass(frozen=True, slots=True)
class TypeName:
    """A type in a cast or `sizeof`."""

    specifiers: Specifiers
    declarator: Declarator | None
    at: Location


# --- statements and top level ---


@dataclass(frozen=True, slots=True)
class Declaration:
    """`specifiers declarator = initial, ...;`."""

    specifiers: Specifiers
    items: tuple[tuple[Declarator, Expr | None], ...]
    at: Location


@dataclass(frozen=True, slots=True)
class Block:
    """`{ ... }`."""

    body: tuple[Statement, ...]
    at: Location


@dataclass(frozen=True, slots=True)
class Empty:
    """A lone `;`."""

    at: Location


@dataclass(frozen=True, slots=True)
class Evaluate:
    """An expression and `;`."""

    value: Expr
    at: Location


@dataclass(frozen=True, slots=True)
class If:
    """`if (condition) yes else no`."""

    condition: Expr
    yes: Statement
    no: Statement | None
    at: Location


@dataclass(frozen=True, slots=True)
class For:
    """`for (start; condition; step) body`; start is an expression or declares a variable."""

    start: Expr | Declaration
    condition: Expr
    step: Expr
    body: Statement
    at: Location


@dataclass(frozen=True, slots=True)
class Try:
    """`try { ... } catch { ... }`."""

    body: Block
    handler: Block
    at: Location


@dataclass(frozen=True, slots=True)
class Return:
    """`return value;`."""

    value: Expr | None
    at: Location


Statement = Declaration | Block | Empty | Evaluate | If | For | Try | Return


@dataclass(frozen=True, slots=True)
class Function:
    """A function with its body."""

    specifiers: Specifiers
    declarator: Declarator
    body: Block
    at: Location


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe: its name as written, parameters, body."""

    point: Name
    parameters: tuple[Parameter, ...]
    body: Statement
    at: Location


@dataclass(frozen=True, slots=True)
class MemoryModel:
    """`memmodel name;`, or with items `memmodel name { ... }`."""

    model: Name
    items: tuple[Item, ...] | None
    at: Location


Item = Declaration | Function | Probe | MemoryModel | Empty
