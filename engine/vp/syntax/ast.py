# SPDX-License-Identifier: GPL-2.0-or-later
"""The syntax tree of a VP script. Every node has its place; names are not resolved."""

from __future__ import annotations

from dataclasses import dataclass

from engine.vp.diagnostics.diagnostic import Span


@dataclass(frozen=True, slots=True)
class Integer:
    """An integer literal: `value` is reduced modulo 2^64, `text` is the literal as written."""

    value: int
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class String:
    """A string literal; `value` is the string without escapes."""

    value: bytes
    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    """A variable or parameter; in other nodes, the name of their target."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """`(function arg ...)`: an operator, a built-in or a user's function."""

    function: Name
    args: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Set:
    """`(setint name value)`, or `(setstr name value)` if `string`."""

    string: bool
    target: Name
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Cond:
    """`(cond (condition expression) ...)`."""

    pairs: tuple[tuple[Expr, Expr], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Try:
    """`(try expression handler)`: the handler is evaluated after a run-time error in the expression."""

    body: Expr
    handler: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Do:
    """`(do expression ...)`: the value is that of the last expression; 0 if there is none."""

    body: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Aggr:
    """`(aggr name (integers) (strings) value)`."""

    target: Name
    integers: tuple[Expr, ...]
    strings: tuple[Expr, ...]
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class AggregateCommand:
    """`(logaggr name)`, or `(clearaggr name)` if `clear`."""

    clear: bool
    target: Name
    span: Span


@dataclass(frozen=True, slots=True)
class BagInsert:
    """`(baginsert name key value)`: 1, or 0 if the bag is full."""

    target: Name
    key: Expr
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class BagRemove:
    """`(bagremove name key)`: the value, or 0 if there is none."""

    target: Name
    key: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Broken:
    """A form of the wrong shape, which has been reported; `parts` are the forms that were recognised in it."""

    parts: tuple[Expr, ...]
    span: Span


Expr = Integer | String | Name | Call | Set | Cond | Try | Do | Aggr | AggregateCommand | BagInsert | BagRemove | Broken


@dataclass(frozen=True, slots=True)
class Version:
    """`(version "1.0")`, quoted or not."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class DefInteger:
    """`(definteger name [initial])`."""

    name: Name
    initial: Integer | None
    span: Span


@dataclass(frozen=True, slots=True)
class DefString:
    """`(defstring name ["initial"])`."""

    name: Name
    initial: String | None
    span: Span


@dataclass(frozen=True, slots=True)
class DefAggr:
    """`(defaggr name integer-keys string-keys)`."""

    name: Name
    integer_keys: int
    string_keys: int
    span: Span


@dataclass(frozen=True, slots=True)
class DefBag:
    """`(defbag name size)`."""

    name: Name
    size: int
    span: Span


@dataclass(frozen=True, slots=True)
class Defun:
    """`(defun name (parameters) expression ...)`."""

    name: Name
    parameters: tuple[Name, ...]
    body: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Vprobe:
    """`(vprobe PROBE expression ...)`."""

    point: Name
    body: tuple[Expr, ...]
    span: Span


Form = Version | DefInteger | DefString | DefAggr | DefBag | Defun | Vprobe


@dataclass(frozen=True, slots=True)
class Script:
    """A whole script, forms in order."""

    name: str
    forms: tuple[Form, ...]
