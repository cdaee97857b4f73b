# SPDX-License-Identifier: GPL-2.0-or-later
"""What to say about a name that cannot stand where it does: what it is instead, and which names are near."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.vp.analysis.symbols import Symbols
from engine.vp.diagnostics.diagnostic import Fix
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.syntax.ast import Name
from engine.vp.tables.builtins import BUILTINS, ELSEWHERE, SPECIALS, SYNONYMS
from engine.vp.tables.variables import VARIABLES

_OTHER_SHAPE = {"cond"}
"""forms whose parts are not those of the words they stand for"""
_OPERATOR_START = "+-*/%<>^|&=!~"
_ASSIGNMENTS = {"++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="}
"""operators of C that store"""
_LIKE_A_NUMBER = re.compile(r"[-+]?\d")
_FLOATING = re.compile(r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class Unknown:
    """Reports about the names of one body."""

    symbols: Symbols
    findings: Findings
    source: SourceText

    def value(self, name: Name, own: Iterable[str], *, wants_text: bool) -> None:
        """A name stands for no value; `own` are the parameters it could have been meant to be."""
        text, span = name.name, name.span
        if text in self.symbols.broken:
            return
        kind = self.symbols.kind_of(text) or ("a function" if text in BUILTINS or text in SYNONYMS else "")
        if kind == "a function":
            message, fix = (
                f"{text} is a function and has no value by itself",
                Fix(span, f"({text})", f"call it: ({text})"),
            )
            self.findings.add("E207", self.source, span, message, expected=f"({text} …)", fix=fix)
        elif kind:
            notes = ("aggregates are write-only to scripts (manual p. 30)",) if kind == "an aggregate" else ()
            message = f"{text} is {kind} and has no value"
            self.findings.add("E207", self.source, span, message, expected="a variable", notes=notes)
        elif text in SPECIALS:
            message = f"{text} is a form and must stand first in parentheses"
            self.findings.add("E207", self.source, span, message, expected=SPECIALS[text].signature)
        else:
            if _LIKE_A_NUMBER.match(text):
                self._bad_number(name)
                return
            known = [*own, *self.symbols.integers, *self.symbols.strings, *VARIABLES]
            bare = text.strip("'")
            quoted = f'"{bare}"' if wants_text else ""
            self._nearest("E201", name, known, "a variable, parameter or literal", quoted=quoted)

    def function(self, name: Name) -> None:
        """A name stands for no function."""
        text = name.name
        if text in self.symbols.broken:
            return
        if len(text) > 1 and text[0] in _OPERATOR_START:
            self._glued_operator(name)
            return
        notes: tuple[str, ...] = ()
        if self.symbols.kind_of(text) or text in VARIABLES:
            notes = (f"{text} is a variable: leave out the parentheses to take its value",)
        known = [*self.symbols.functions, *BUILTINS, *(n for n, s in SPECIALS.items() if not s.top_level)]
        self._nearest("E202", name, known, "a function", notes)

    def _bad_number(self, name: Name) -> None:
        notes = ("VP has no floating point (manual p. 11)",) if _FLOATING.fullmatch(name.name) else ()
        expected = "digits, or 0x and hexadecimal digits; a name does not begin with a digit"
        self.findings.add("E201", self.source, name.span, f"{name.name} is no number", expected=expected, notes=notes)

    def _glued_operator(self, name: Name) -> None:
        text = name.name
        if text in _ASSIGNMENTS:
            message, expected = f"VP has no {text}", f"(setint i ({text[0]} i {'1' if text[0] == text[1] else 'n'}))"
            self.findings.add("E202", self.source, name.span, message, expected=expected)
            return
        operator = next((op for op in sorted(BUILTINS, key=len, reverse=True) if text.startswith(op)), text[0])
        rest = text[len(operator) :]
        note = f"names may contain nearly any character, so {text} is one name: a blank must follow the operator"
        self.findings.add(
            "E202",
            self.source,
            name.span,
            f"unknown ident {text}",
            expected="a function",
            suggestions=(f"({operator} {rest} …)",),
            notes=(note,),
            fix=Fix(name.span, f"{operator} {rest}", f"put a blank after {operator}"),
        )

    def store(self, name: Name, what: str, definition: str, known: Iterable[str], own: Iterable[str]) -> None:
        """A name stands for no aggregate, or for no bag; `own` are the parameters."""
        if name.name in self.symbols.broken:
            return
        kind = "a parameter" if name.name in own else self.symbols.kind_of(name.name)
        if kind:
            expected = f"an {what}" if what[0] == "a" else f"a {what}"
            self.findings.add("E207", self.source, name.span, f"{name.name} is {kind}", expected=expected)
            return
        self._nearest("E201", name, known, f"a defined {what}: {SPECIALS[definition].signature}")

    def _nearest(
        self, code: str, name: Name, known: Iterable[str], expected: str, notes: tuple[str, ...] = (), quoted: str = ""
    ) -> None:
        """Report a name with those near to it; `quoted` is the name as a string, where it may be meant so."""
        text, suggestions = name.name, self.findings.nearest(name.name, known)
        if text in ELSEWHERE:
            suggestions = (ELSEWHERE[text],)
        fix = Fix(name.span, suggestions[0], f"change to {suggestions[0]}") if suggestions else None
        if fix is not None and fix.text in _OTHER_SHAPE:
            notes, fix = (*notes, f"{text} is written {SPECIALS[fix.text].signature} in VP"), None
        elif quoted and not suggestions:
            notes, fix = (*notes, "strings stand in quotes"), Fix(name.span, quoted, f"make it the string {quoted}")
        self.findings.add(
            code, self.source, name.span, f"unknown ident {text}",
            expected=expected, suggestions=suggestions, notes=notes, fix=fix,
        )  # fmt: skip
