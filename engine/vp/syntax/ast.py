# SPDX-License-Identifier: GPL-2.0-or-later
"""The syntax tree of a VP script. Every node has its place; names are not resolved."""

from __future__ import annotations

import msgspec

from engine.vp.diagnostics.diagnostic import Span


class Integer(msgspec.Struct, frozen=True):
    """An integer literal: `value` is reduced modulo 2^64, `text` is the literal as written."""

    value: int
    text: str
    span: Span


class String(msgspec.Struct, frozen=True):
    """A string literal; `value` is the string without escapes."""

    value: bytes
    span: Span


class Name(msgspec.Struct, frozen=True):
    """A variable or parameter; in other nodes, the name of their target."""

    name: str
    span: Span


class Call(msgspec.Struct, frozen=True):
    """`(function arg ...)`: an operator, a built-in or a user's function."""

    function: Name
    args: tuple[Expr, ...]
    span: Span


class Set(msgspec.Struct, frozen=True):
    """`(setint name value)`, or `(setstr name value)` if `string`."""

    string: bool
    target: Name
    value: Expr
    span: Span


class Cond(msgspec.Struct, frozen=True):
    """`(cond (condition expression) ...)`."""

    pairs: tuple[tuple[Expr, Expr], ...]
    span: Span


class Try(msgspec.Struct, frozen=True):
    """`(try expression handler)`: the handler is evaluated after a run-time error in the expression."""

    body: Expr
    handler: Expr
    span: Span


class Do(msgspec.Struct, frozen=True):
    """`(do expression ...)`: the value is that of the last expression; 0 if there is none."""

    body: tuple[Expr, ...]
    span: Span


class Aggr(msgspec.Struct, frozen=True):
    """`(aggr name (integers) (strings) value)`."""

    target: Name
    integers: tuple[Expr, ...]
    strings: tuple[Expr, ...]
    value: Expr
    span: Span


class AggregateCommand(msgspec.Struct, frozen=True):
    """`(logaggr name)`, or `(clearaggr name)` if `clear`."""

    clear: bool
    target: Name
    span: Span


class BagInsert(msgspec.Struct, frozen=True):
    """`(baginsert name key value)`: 1, or 0 if the bag is full."""

    target: Name
    key: Expr
    value: Expr
    span: Span


class BagRemove(msgspec.Struct, frozen=True):
    """`(bagremove name key)`: the value, or 0 if there is none."""

    target: Name
    key: Expr
    span: Span


class Broken(msgspec.Struct, frozen=True):
    """A form of the wrong shape, which has been reported; `parts` are the forms that were recognised in it."""

    parts: tuple[Expr, ...]
    span: Span


Expr = Integer | String | Name | Call | Set | Cond | Try | Do | Aggr | AggregateCommand | BagInsert | BagRemove | Broken


class Version(msgspec.Struct, frozen=True):
    """`(version "1.0")`, quoted or not."""

    text: str
    span: Span


class DefInteger(msgspec.Struct, frozen=True):
    """`(definteger name [initial])`."""

    name: Name
    initial: Integer | None
    span: Span


class DefString(msgspec.Struct, frozen=True):
    """`(defstring name ["initial"])`."""

    name: Name
    initial: String | None
    span: Span


class DefAggr(msgspec.Struct, frozen=True):
    """`(defaggr name integer-keys string-keys)`."""

    name: Name
    integer_keys: int
    string_keys: int
    span: Span


class DefBag(msgspec.Struct, frozen=True):
    """`(defbag name size)`."""

    name: Name
    size: int
    span: Span


class Defun(msgspec.Struct, frozen=True):
    """`(defun name (parameters) expression ...)`."""

    name: Name
    parameters: tuple[Name, ...]
    body: tuple[Expr, ...]
    span: Span


class Vprobe(msgspec.Struct, frozen=True):
    """`(vprobe PROBE expression ...)`."""

    point: Name
    body: tuple[Expr, ...]
    span: Span


Form = Version | DefInteger | DefString | DefAggr | DefBag | Defun | Vprobe


class Script(msgspec.Struct, frozen=True):
    """A whole script, forms in order."""

    name: str
    forms: tuple[Form, ...]
