# SPDX-License-Identifier: GPL-2.0-or-later
"""What a program defines: variables, functions, constants, and the names they get in VP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.emmett.analysis.nodes import Node
from engine.emmett.syntax.ast import Function as FunctionTree
from engine.emmett.syntax.ast import Name
from engine.emmett.syntax.location import Location
from engine.emmett.types.types import STRING, StructType, Type
from engine.vp.limits import Limits
from engine.vp.tables.builtins import BUILTINS
from engine.vp.tables.forms import SPECIALS

_CAPITALS = re.compile(r"[A-Z]")
_NAME_BYTES = Limits().name_bytes


@dataclass(slots=True)
class Variable:
    """A variable, aggregate, bag or parameter; `vp_name` is what VP calls it."""

    name: str
    vp_name: str
    type: Type
    at: Location
    initial: Node | None = None
    is_inferred: bool = False
    """it was never declared"""
    is_assigned: bool = False
    is_argument: bool = False
    """a parameter of a probe: the probe's ARGn, which cannot be assigned"""


@dataclass(slots=True)
class Function:
    """A function of the program; its body comes later."""

    name: str
    vp_name: str
    result: Type
    parameters: tuple[Variable, ...]
    tree: FunctionTree
    body: Node | None = None


@dataclass(slots=True)
class Body:
    """The function or probe that is being analysed: its parameters and its locals, which are globals of VP."""

    prefix: str
    """of the names of its locals in VP"""
    at: Location
    parameters: dict[str, Variable] = field(default_factory=dict)
    locals: dict[str, Variable] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProbeForm:
    """A probe of VP: its point there, its point as written, its body."""

    point: str
    written: str
    body: Node
    at: Location
    name_at: Location


@dataclass(slots=True)
class Symbols:
    """Everything the program defines, in order."""

    variables: dict[str, Variable] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    constants: dict[str, int] = field(default_factory=dict)
    typedefs: dict[str, Type] = field(default_factory=dict)
    tags: dict[str, StructType] = field(default_factory=dict)
    enums: set[str] = field(default_factory=set)
    temporaries: list[Variable] = field(default_factory=list)
    function_locals: list[Variable] = field(default_factory=list)
    probe_locals: list[Variable] = field(default_factory=list)
    probes: list[ProbeForm] = field(default_factory=list)
    places: dict[str, Location] = field(default_factory=dict)
    """where each global name is declared"""
    bodies: list[Body] = field(default_factory=list)
    """the functions and probes with their locals"""
    shown: dict[str, str] = field(default_factory=dict)
    """names of VP that differ from the program's, and the latter"""

    def temporary(self, at: Location) -> Variable:
        """A new string for something that is computed."""
        name = f"~tmp{len(self.temporaries) + 1}"
        self.temporaries.append(Variable(name, name, STRING, at))
        return self.temporaries[-1]

    def vp_name(self, name: str, prefix: str = "") -> str:
        """What a name is called in VP: reserved ones, those of built-ins and those of locals differ."""
        reserved = name.upper() == name and _CAPITALS.search(name) is not None
        builtin = name in BUILTINS or name in SPECIALS
        renamed = prefix + name if prefix else f"~{name}" if reserved or builtin else name
        if renamed == name:
            return name
        if len(renamed.encode()) >= _NAME_BYTES > len(name.encode()):
            renamed = f"{renamed[: _NAME_BYTES // 2]}~{len(self.shown)}"
        self.shown[renamed] = name
        return renamed

    def globals(self) -> Iterator[Variable]:
        """All variables of VP, in the order in which it defines them."""
        yield from self.variables.values()
        yield from self.temporaries
        yield from self.function_locals
        yield from self.probe_locals

    def declared(self, name: Name) -> Location | None:
        """Where a global name is declared already."""
        return self.places.get(name.name)
