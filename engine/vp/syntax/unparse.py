# SPDX-License-Identifier: GPL-2.0-or-later
"""The syntax tree as text: parsing it again gives the same tree."""

from __future__ import annotations

from collections.abc import Iterable

from engine.vp.syntax.ast import (
    Aggr,
    AggregateCommand,
    BagInsert,
    BagRemove,
    Broken,
    Call,
    Cond,
    DefAggr,
    DefBag,
    DefInteger,
    DefString,
    Defun,
    Do,
    Expr,
    Form,
    Integer,
    Name,
    Script,
    Set,
    String,
    Try,
    Version,
    Vprobe,
)
from engine.vp.syntax.literals import string_literal


def to_source(script: Script) -> str:
    """A script in the usual layout: each form begins a line, each expression of a body another.

    Raises:
        ValueError: the tree holds forms that could not be read.
    """
    return "".join(f"{_form(form)}\n" for form in script.forms)


def _form(form: Form) -> str:
    match form:
        case Version(text):
            return _list("version", string_literal(text.encode("utf-8", "surrogatepass")))
        case DefInteger(name, initial):
            return _list("definteger", name.name, *([initial.text] if initial else []))
        case DefString(name, initial):
            return _list("defstring", name.name, *([string_literal(initial.value)] if initial else []))
        case DefAggr(name, integer_keys, string_keys):
            return _list("defaggr", name.name, str(integer_keys), str(string_keys))
        case DefBag(name, size):
            return _list("defbag", name.name, str(size))
        case Defun(name, parameters, body):
            return _body(f"(defun {name.name} {_list(*(parameter.name for parameter in parameters))}", body)
        case Vprobe(point, body):
            return _body(f"(vprobe {point.name}", body)


def _body(head: str, body: Iterable[Expr]) -> str:
    return "\n  ".join([head, *_all(body)]) + ")"


def _expression(expression: Expr) -> str:  # noqa: C901 -- one case for each kind of node
    match expression:
        case Integer():
            return expression.text
        case String(value):
            return string_literal(value)
        case Name(name):
            return name
        case Call(function, args):
            return _list(function.name, *_all(args))
        case Set(string, target, value):
            return _list("setstr" if string else "setint", target.name, _expression(value))
        case Cond(pairs):
            return _list("cond", *(_list(*_all(pair)) for pair in pairs))
        case Try(body, handler):
            return _list("try", _expression(body), _expression(handler))
        case Do(body):
            return _list("do", *_all(body))
        case Aggr(target, integers, strings, value):
            return _list("aggr", target.name, _list(*_all(integers)), _list(*_all(strings)), _expression(value))
        case AggregateCommand(clear, target):
            return _list("clearaggr" if clear else "logaggr", target.name)
        case BagInsert(target, key, value):
            return _list("baginsert", target.name, _expression(key), _expression(value))
        case BagRemove(target, key):
            return _list("bagremove", target.name, _expression(key))
        case Broken():
            raise ValueError("a form that could not be read has no text")


def _all(expressions: Iterable[Expr]) -> list[str]:
    return [_expression(expression) for expression in expressions]


def _list(*words: str) -> str:
    return f"({' '.join(words)})"
