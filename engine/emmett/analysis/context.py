# SPDX-License-Identifier: GPL-2.0-or-later
"""What all parts of the analysis share: the program's names, the memory model, the guest, and where findings go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.emmett.analysis.library import Library
from engine.emmett.analysis.symbols import Body, Symbols, Variable
from engine.emmett.syntax.location import Location
from engine.emmett.types.models import DEFAULT, Model
from engine.emmett.types.types import StructType, Type
from engine.vp.diagnostics.diagnostic import Fix
from engine.vp.diagnostics.source import Findings
from engine.vp.guest_types import TypeProvider


@dataclass(slots=True)
class Context:
    """The state of an analysis."""

    findings: Findings
    functions: Mapping[str, Library]
    """without a declaration"""
    addresses: Mapping[str, int] | None
    """of the guest's symbols; None: there are none to look up"""
    provider: TypeProvider | None = None
    model: Model = DEFAULT
    symbols: Symbols = field(default_factory=Symbols)
    body: Body | None = None
    names_guest: bool = False
    """an address of the guest was looked up"""
    coming: Mapping[str, Type] | None = None
    """types that assignments give to names without a declaration; None in the pass that finds them"""

    def report(
        self,
        code: str,
        at: Location,
        message: str,
        *,
        expected: str = "",
        near: tuple[str, Iterable[str]] | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        """Add a finding; `near` is a misspelt name and the names there are."""
        suggestions = self.findings.nearest(*near) if near is not None and len(near[0]) > 1 else ()
        fix = None
        if near is not None and suggestions and at.source.text[at.start : at.end] == near[0]:
            fix = Fix(at.span, suggestions[0], f"change to {suggestions[0]}")
        self.findings.add(
            code, at.source, at.span, message, expected=expected, suggestions=suggestions, notes=notes, fix=fix
        )

    def find(self, name: str) -> Variable | None:
        """The variable or parameter of a name, innermost first."""
        if self.body is not None:
            for table in (self.body.locals, self.body.parameters):
                if name in table:
                    return table[name]
        return self.symbols.variables.get(name)

    def claim(self, name: str, at: Location) -> bool:
        """Take a global name; False when something has it, which is reported."""
        before = self.symbols.places.get(name)
        if before is not None:
            self.redeclared(name, at, before)
            return False
        self.symbols.places[name] = at
        return True

    def undefined(self, structure: StructType, at: Location) -> None:
        """Report a structure whose members are not known."""
        known = [str(one).split()[-1] for one in self.symbols.tags.values() if one.complete()]
        message, expected = f"`{structure}` is not defined", "a definition of its members"
        self.report("E612", at, message, expected=expected, near=(str(structure).split()[-1], known))

    def redeclared(self, name: str, at: Location, before: Location) -> None:
        """Report a name that is declared already."""
        line = before.span.line
        where = f"line {line}" if before.source is at.source else f"{before.source.name}:{line}"
        self.report("E615", at, f"`{name}` is declared twice", expected="another name", notes=(f"first in {where}",))

    def address(self, name: str, at: Location) -> int:
        """The address of a symbol of the guest; 0 when there is none, which is reported."""
        if self.addresses is None:
            message = f"no guest symbols to look up `{name}`"
            self.report("E627", at, message, expected="a symbol file (`emmett -s FILE`), or the address as a number")
        elif name in self.addresses:
            self.names_guest = True
            return self.addresses[name]
        else:
            self.report("E627", at, f"unknown guest symbol `{name}`", expected="a symbol of the guest",
                        near=(name, self.addresses))  # fmt: skip
        return 0


def near_names(context: Context) -> list[str]:
    """Names of variables that a program may use where the analysis stands."""
    own = [*context.body.parameters, *context.body.locals] if context.body is not None else []
    return [*own, *(name for name, row in context.symbols.variables.items() if not row.is_inferred)]
