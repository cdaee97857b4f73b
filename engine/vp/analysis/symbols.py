# SPDX-License-Identifier: GPL-2.0-or-later
"""The definitions of a script: variables, aggregates, bags, functions and probes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from engine.vp.analysis.types import Slot
from engine.vp.diagnostics.source import SourceText
from engine.vp.program import ProbePoint
from engine.vp.syntax.ast import DefAggr, DefBag, DefInteger, DefString, Defun, Vprobe


@dataclass(slots=True)
class Function:
    """A function of the script: the types of its parameters and result, and which string parameters it writes to."""

    form: Defun
    source: SourceText
    index: int
    parameters: list[Slot]
    result: Slot
    written: set[int] = field(default_factory=set)
    passes: set[tuple[int, str, int]] = field(default_factory=set)
    """position of a parameter, function that it is passed to, position there"""


@dataclass(slots=True)
class Probe:
    """One vprobe form."""

    form: Vprobe
    source: SourceText
    point: ProbePoint | None
    """None if the name is invalid, which has been reported"""

    @property
    def armed(self) -> ProbePoint:
        """The probe point of a script without errors."""
        assert self.point is not None  # noqa: S101 - scripts with errors are not compiled
        return self.point


@dataclass(slots=True)
class Symbols:
    """All definitions, numbered in order."""

    integers: dict[str, tuple[int, DefInteger]] = field(default_factory=dict)
    strings: dict[str, tuple[int, DefString]] = field(default_factory=dict)
    aggregates: dict[str, tuple[int, DefAggr]] = field(default_factory=dict)
    bags: dict[str, tuple[int, DefBag]] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    probes: list[Probe] = field(default_factory=list)
    refused: list[Function] = field(default_factory=list)
    """functions whose name was already taken"""
    broken: set[str] = field(default_factory=set)
    """names of definitions that have the wrong shape"""
    offered: Mapping[str, int] = field(default_factory=dict)
    """functions that the guest would bring, with their numbers of parameters"""

    def kind_of(self, name: str) -> str:
        """What a name is, in words; empty if it is not defined."""
        tables: dict[str, Collection[str]] = {
            "an integer variable": self.integers,
            "a string variable": self.strings,
            "an aggregate": self.aggregates,
            "a bag": self.bags,
            "a function": self.functions,
        }
        return next((words for words, table in tables.items() if name in table), "")

    def line_of(self, name: str) -> int | None:
        """The line of the definition of a name; None if it is not defined."""
        if name in self.functions:
            return self.functions[name].form.span.line
        for table in (self.integers, self.strings, self.aggregates, self.bags):
            if name in table:
                return table[name][1].span.line
        return None

    def spread_written(self) -> None:
        """Mark parameters as written that are passed to functions that write to them."""
        changed = True
        while changed:
            changed = False
            for function in self.functions.values():
                for position, callee, there in function.passes:
                    if position not in function.written and there in self.functions[callee].written:
                        function.written.add(position)
                        changed = True
