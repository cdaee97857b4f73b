# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds the syntax tree as the grammar's rules are recognized; methods are called like the rules."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from lark import Lark, Token, Transformer

from engine.emmett.syntax.ast import (
    ArrayPart,
    Assign,
    BaseType,
    Binary,
    Block,
    Call,
    CallablePart,
    Cast,
    Choice,
    Comma,
    Declaration,
    Declarator,
    Empty,
    EnumType,
    Evaluate,
    Expr,
    Field,
    For,
    Function,
    If,
    Index,
    Insert,
    Integer,
    Item,
    Member,
    MemoryModel,
    Name,
    Parameter,
    PointerPart,
    Probe,
    Return,
    SizeOf,
    Specifiers,
    String,
    StructType,
    Try,
    TypedefName,
    TypeName,
    Unary,
    Words,
)
from engine.emmett.syntax.location import Location
from engine.emmett.syntax.words import Word, grammar, integer_value

_Parts = list[Any]
_T = TypeVar("_T")


def _reach(parts: _Parts) -> Location:
    """From the first part that has a place to the last."""
    places: list[Location] = [part.at for part in parts if part is not None and hasattr(part, "at")]
    return places[0].to(places[-1])


def _name(word: Word) -> Name:
    return Name(word.text, word.at)


def _of(kind: type[_T] | tuple[type[_T], ...], parts: _Parts) -> tuple[_T, ...]:
    return tuple(part for part in parts if isinstance(part, kind))


class _Builder(Transformer[Token, list[Item]]):
    """One method for each rule or alias of grammar.lark; parts in brackets come as None when they are left out."""

    def program(self, parts: _Parts) -> list[Item]:
        return parts

    def empty(self, parts: _Parts) -> Empty:
        return Empty(parts[0].at)

    def memmodel_line(self, parts: _Parts) -> MemoryModel:
        return MemoryModel(_name(parts[1]), None, _reach(parts))

    def memmodel_block(self, parts: _Parts) -> MemoryModel:
        return MemoryModel(_name(parts[1]), tuple(parts[3:-1]), _reach(parts))

    # --- declarations ---

    def declaration(self, parts: _Parts) -> Declaration:
        return Declaration(parts[0], tuple(part for part in parts[1:] if isinstance(part, tuple)), _reach(parts))

    def init(self, parts: _Parts) -> tuple[Declarator, Expr | None]:
        return parts[0], parts[2]

    def function(self, parts: _Parts) -> Function:
        return Function(parts[0], parts[1], parts[2], _reach(parts))

    def word(self, parts: _Parts) -> Word:
        return parts[0]  # type: ignore[no-any-return]

    def specifiers(self, parts: _Parts) -> Specifiers:
        words = _of(Word, parts)
        storage = tuple(word.text for word in words if word.type == "STORAGE")
        bases: list[BaseType] = [part for part in parts if not isinstance(part, Word)]
        bases += [TypedefName(word.text, word.at) for word in words if word.type == "TYPE_NAME"]
        plain = [word for word in words if word.type not in ("STORAGE", "CONST", "TYPEDEF", "TYPE_NAME")]
        if plain:
            bases.append(Words(tuple(word.text for word in plain), _reach(list(plain))))
        return Specifiers(tuple(bases), any(word.type == "TYPEDEF" for word in words), storage, _reach(parts))

    def struct_name(self, parts: _Parts) -> StructType:
        return StructType(parts[0].text, _name(parts[1]), None, _reach(parts))

    def struct_body(self, parts: _Parts) -> StructType:
        word, tag, _, *rest = parts
        fields = tuple(field for group in rest[:-1] for field in group)
        return StructType(word.text, None if tag is None else _name(tag), fields, _reach(parts))

    def field(self, parts: _Parts) -> tuple[Field, ...]:
        _, offset, specifiers, *rest = parts
        found = [part for part in rest if isinstance(part, tuple)]
        if not found:
            return (Field(specifiers, None, offset, None, _reach(parts)),)
        return tuple(
            Field(specifiers, one, behind if behind is not None else offset if number == 0 else None, bits, at)
            for number, (one, behind, bits, at) in enumerate(found)
        )

    def field_declarator(self, parts: _Parts) -> tuple[Declarator | None, Expr | None, Expr | None, Location]:
        return parts[0], parts[2], parts[4], _reach(parts)

    def unnamed_bits(self, parts: _Parts) -> tuple[Declarator | None, Expr | None, Expr | None, Location]:
        return None, None, parts[1], _reach(parts)

    def enum_name(self, parts: _Parts) -> EnumType:
        return EnumType(_name(parts[1]), None, _reach(parts))

    def enum_body(self, parts: _Parts) -> EnumType:
        tag = None if parts[1] is None else _name(parts[1])
        return EnumType(tag, tuple(part for part in parts if isinstance(part, tuple)), _reach(parts))

    def enumerator(self, parts: _Parts) -> tuple[Name, Expr | None]:
        return _name(parts[0]), parts[2]

    def plain(self, parts: _Parts) -> Declarator:
        return Declarator(_name(parts[0]), (), parts[0].at)

    def grouped(self, parts: _Parts) -> Declarator:
        return Declarator(parts[1].name, parts[1].parts, _reach(parts))

    def pointer(self, parts: _Parts) -> Declarator:
        inner = parts[-1] if isinstance(parts[-1], Declarator) else Declarator(None, (), parts[0].at)
        return Declarator(inner.name, (*inner.parts, PointerPart()), _reach(parts))

    def array(self, parts: _Parts) -> Declarator:
        return Declarator(parts[0].name, (*parts[0].parts, ArrayPart(parts[2])), _reach(parts))

    def unnamed_array(self, parts: _Parts) -> Declarator:
        return Declarator(None, (ArrayPart(parts[1]),), _reach(parts))

    def callable(self, parts: _Parts) -> Declarator:
        parameters = parts[2] or ()
        return Declarator(parts[0].name, (*parts[0].parts, CallablePart(parameters)), _reach(parts))

    def parameters(self, parts: _Parts) -> tuple[Parameter, ...]:
        return _of(Parameter, parts)

    def parameter(self, parts: _Parts) -> Parameter:
        return Parameter(parts[0], parts[1], _reach(parts))

    def type(self, parts: _Parts) -> TypeName:
        return TypeName(parts[0], parts[1], _reach(parts))

    # --- probes and statements ---

    def point(self, parts: _Parts) -> Name:
        return _name(parts[0])

    def probe(self, parts: _Parts) -> Probe:
        parameters = parts[2] if len(parts) > 2 and isinstance(parts[2], tuple) else ()
        return Probe(parts[0], parameters, parts[-1], _reach(parts))

    def block(self, parts: _Parts) -> Block:
        return Block(tuple(parts[1:-1]), _reach(parts))

    def expression_statement(self, parts: _Parts) -> Evaluate:
        return Evaluate(parts[0], _reach(parts))

    def if_(self, parts: _Parts) -> If:
        return If(parts[2], parts[4], parts[6], _reach(parts))

    def for_(self, parts: _Parts) -> For:
        return For(parts[2], parts[4], parts[6], parts[8], _reach(parts))

    def for_start(self, parts: _Parts) -> Expr:
        return parts[0]  # type: ignore[no-any-return]

    def for_declaration(self, parts: _Parts) -> Declaration:
        return Declaration(parts[0], (parts[1],), _reach(parts[:1]))

    def for_step(self, parts: _Parts) -> Expr:
        return parts[0]  # type: ignore[no-any-return]

    def step_up(self, parts: _Parts) -> Expr:
        return _step(parts[1], "+=", _reach(parts))

    def step_down(self, parts: _Parts) -> Expr:
        return _step(parts[0], "-=", _reach(parts))

    def try_(self, parts: _Parts) -> Try:
        return Try(parts[1], parts[3], _reach(parts))

    def return_(self, parts: _Parts) -> Return:
        return Return(parts[1], _reach(parts))

    # --- expressions ---

    def comma(self, parts: _Parts) -> Comma:
        return Comma(parts[0], parts[2], _reach(parts))

    def assign(self, parts: _Parts) -> Assign:
        return Assign(parts[0], parts[1].text, parts[2], _reach(parts))

    def insert(self, parts: _Parts) -> Insert:
        return Insert(parts[0], parts[2], _reach(parts))

    def choice(self, parts: _Parts) -> Choice:
        return Choice(parts[0], parts[2], parts[4], _reach(parts))

    def binary(self, parts: _Parts) -> Binary:
        return Binary(parts[1].text, parts[0], parts[2], _reach(parts))

    def cast(self, parts: _Parts) -> Cast:
        return Cast(parts[1], parts[3], _reach(parts))

    def unary(self, parts: _Parts) -> Unary:
        return Unary(parts[0].text, parts[1], _reach(parts))

    def sizeof_value(self, parts: _Parts) -> SizeOf:
        return SizeOf(parts[1], _reach(parts))

    def sizeof_type(self, parts: _Parts) -> SizeOf:
        return SizeOf(parts[2], _reach(parts))

    def call(self, parts: _Parts) -> Call:
        args = tuple(part for part in parts[2:-1] if part is not None and not isinstance(part, Word))
        return Call(_name(parts[0]), args, _reach(parts))

    def increment(self, parts: _Parts) -> Insert:
        return Insert(parts[0], None, _reach(parts))

    def index(self, parts: _Parts) -> Index:
        return Index(parts[0], tuple(part for part in parts[2:] if not isinstance(part, Word)), _reach(parts))

    def member(self, parts: _Parts) -> Member:
        return Member(parts[0], _name(parts[2]), parts[1].type == "ARROW", _reach(parts))

    def name(self, parts: _Parts) -> Name:
        return _name(parts[0])

    def integer(self, parts: _Parts) -> Integer:
        return Integer(integer_value(parts[0].text) or 0, parts[0].at)

    def string(self, parts: _Parts) -> String:
        return String("".join(part.text[1:-1] for part in parts), _reach(parts))

    def parenthesized(self, parts: _Parts) -> Expr:
        return parts[1]  # type: ignore[no-any-return]


def _step(word: Word, op: str, at: Location) -> Expr:
    return Assign(_name(word), op, Integer(1, word.at), at)


@cache
def tree_parser() -> Lark:
    """The parser of the grammar that makes a list of items."""
    return grammar(_Builder())
