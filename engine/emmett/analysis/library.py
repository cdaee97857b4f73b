# SPDX-License-Identifier: GPL-2.0-or-later
"""Functions and constants that Emmett has without a declaration: the built-in functions of VP, and the guest's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from engine.emmett.types.types import INT64, STRING, Type
from engine.vp.api import parse
from engine.vp.prelude import Prelude
from engine.vp.syntax.ast import Call, DefString, Defun, Expr, Name, Set, String
from engine.vp.tables.builtins import BUILTINS, Parameter


class Kind(Enum):
    """What an argument must be."""

    INTEGER = auto()
    STRING = auto()
    TARGET = auto()
    """a string variable, which is written"""
    FORMAT = auto()
    """a string, and the arguments of its conversions follow"""
    AGGREGATE = auto()


_KINDS = {
    Parameter.INTEGER: Kind.INTEGER, Parameter.STRING: Kind.STRING, Parameter.TARGET: Kind.TARGET,
    Parameter.FORMAT: Kind.FORMAT,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Library:
    """A function without a declaration; `is_open`: any number of arguments may follow."""

    name: str
    result: Type
    parameters: tuple[Kind, ...]
    is_open: bool = False
    omitted: int | None = None
    """the position of the one argument that may be left out"""


def _builtins() -> dict[str, Library]:
    rows = {
        row.name: Library(
            row.name, INT64, tuple(_KINDS[one] for one in row.parameters), row.most is None,
            None if row.omitted is None else row.omitted[0],
        )
        for row in BUILTINS.values()
        if row.kind == "function"
    }  # fmt: skip
    for name in ("logaggr", "clearaggr"):
        rows[name] = Library(name, INT64, (Kind.AGGREGATE,))
    for name in ("curpid", "curprocname"):
        rows[name] = Library(name, STRING if name == "curprocname" else INT64, ())
    return rows


FUNCTIONS: dict[str, Library] = _builtins()
"""Built-in functions of VP, and the two that every guest brings."""
OPERATORS: dict[str, str] = {
    "setstr": "assign with `=`", "setint": "assign with `=`", "baginsert": "write `bag[key] <- value`",
    "bagremove": "read `bag[key]`", "aggr": "write `aggregate[keys] <- value`",
}  # fmt: skip
"""Functions of VP for which Emmett has operators."""
CAUGHT: dict[str, str] = {"excname": "EXCNAME", "excdesc": "EXCDESC"}
"""Functions without arguments that tell of the error that `try` caught last, and the variables of VP that hold it."""
_GENERAL = ("RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI", *(f"R{number}" for number in range(8, 16)))
CONSTANTS: dict[str, int] = {"NULL": 0} | {f"REG_{name}": number for number, name in enumerate(_GENERAL)}
"""Constants of the toolkit of 2011: registers by their numbers in an instruction."""


def functions_of(prelude: Prelude | None) -> dict[str, Library]:
    """The functions a guest's prelude offers, by name."""
    if prelude is None:
        return {}
    forms = parse(prelude.source, prelude.name)[0].forms
    strings = {form.name.name for form in forms if isinstance(form, DefString)}
    bodies = {form.name.name: form for form in forms if isinstance(form, Defun)}

    def is_string(name: str, seen: frozenset[str] = frozenset()) -> bool:
        last: Expr = bodies[name].body[-1]
        match last:
            case String():
                return True
            case Name(variable):
                return variable in strings
            case Call(function) if function.name in bodies and function.name not in seen:
                return is_string(function.name, seen | {name})
            case _:
                return False

    return {
        name: Library(name, STRING if is_string(name) else INT64, (Kind.INTEGER,) * len(form.parameters))
        for name, form in bodies.items()
        if "~" not in name and not isinstance(form.body[-1], Set)
    }


def usage(callee: Library) -> str:
    """How a function is called, for people."""
    words = {
        Kind.INTEGER: "int", Kind.STRING: "string", Kind.TARGET: "string variable", Kind.FORMAT: "format",
        Kind.AGGREGATE: "aggregate",
    }  # fmt: skip
    parameters = [words[kind] for kind in callee.parameters] + (["…"] if callee.is_open else [])
    return f"{callee.name}({', '.join(parameters)})"
