# SPDX-License-Identifier: GPL-2.0-or-later
"""What a script defines: variables, aggregates, bags, functions, probes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from engine.vp.analysis.types import Slot
from engine.vp.diagnostics.source import SourceText
from engine.vp.program import ProbePoint
from engine.vp.syntax.ast import DefAggr, DefBag, DefInteger, DefString, Defun, Vprobe


@dataclass(slots=True)
class Function:
    """A user's function: types of parameters and result, and which string parameters its body may write."""

    form: Defun
    source: SourceText
    index: int
    parameters: list[Slot]
    result: Slot
    written: set[int] = field(default_factory=set)
    passes: set[tuple[int, str, int]] = field(default_factory=set)
    """parameter, function it is handed to, position there"""


@dataclass(slots=True)
class Probe:
    """One vprobe form."""

    form: Vprobe
    source: SourceText
    point: ProbePoint | None
    """None when there is none of this name, which has been reported"""

    @property
    def armed(self) -> ProbePoint:
        """The point, in a script without errors."""
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
    """functions whose name something else has already"""
    broken: set[str] = field(default_factory=set)
    """names that definitions of wrong shape were to define"""

    def kind_of(self, name: str) -> str:
        """What a name stands for, in words; empty when it is not defined."""
        tables: dict[str, Collection[str]] = {
            "an integer variable": self.integers,
            "a string variable": self.strings,
            "an aggregate": self.aggregates,
            "a bag": self.bags,
            "a function": self.functions,
        }
        return next((words for words, table in tables.items() if name in table), "")

    def line_of(self, name: str) -> int | None:
        """The line of the definition of a name; None when it is not defined."""
        if name in self.functions:
            return self.functions[name].form.span.line
        for table in (self.integers, self.strings, self.aggregates, self.bags):
            if name in table:
                return table[name][1].span.line
        return None

    def spread_written(self) -> None:
        """A parameter handed to a function that writes it is written too."""
        changed = True
        while changed:
            changed = False
            for function in self.functions.values():
                for position, callee, there in function.passes:
                    if position not in function.written and there in self.functions[callee].written:
                        function.written.add(position)
                        changed = True
