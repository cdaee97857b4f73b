# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports about names that are unknown or of the wrong kind: what the name is instead, and which names are near."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from engine.vp.analysis.symbols import Symbols
from engine.vp.diagnostics.diagnostic import Fix, Span
from engine.vp.diagnostics.source import Findings, SourceText, near_fix
from engine.vp.syntax.ast import Name
from engine.vp.tables.builtins import BUILTINS, builtin_named
from engine.vp.tables.elsewhere import ABSENT_FUNCTIONS, ABSENT_VARIABLES
from engine.vp.tables.forms import OTHER_LANGUAGES, SPECIALS
from engine.vp.tables.variables import VARIABLES

_DIFFERENT_SYNTAX = {"cond"}
"""forms whose parts are not those of the words they stand for"""
_OPERATOR_START = "+-*/%<>^|&=!~"
_ASSIGNMENTS = {"++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="}
"""assignment operators of C"""
_LOOPS = {"while", "for", "loop", "dotimes", "dolist", "foreach"}
_USES = {"an aggregate": "`aggr` adds to it", "a bag": "`baginsert` and `bagremove` use it"}
"""How things are used that have no value."""
_PLAIN = re.compile(r"[A-Za-z_][\w.!?*-]*")
"""A name that people would give to a variable."""
_LIKE_A_NUMBER = re.compile(r"[-+]?\d")
_FLOATING = re.compile(r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class UnknownNames:
    """Reports about the names of one body."""

    symbols: Symbols
    findings: Findings
    source: SourceText

    def value(self, name: Name, parameters: Iterable[str], *, string_required: bool) -> None:
        """A name that has no value; `parameters` are those of the function around it."""
        text, span = name.name, name.span
        if text in self.symbols.broken:
            return
        kind = self.symbols.kind_of(text) or ("a function" if builtin_named(text) is not None else "")
        if kind == "a function":
            message, fix = f"{text} is a function, not a value", Fix(span, f"({text})", f"call it: ({text})")
            self.findings.add("E207", self.source, span, message, expected=f"({text} …)", fix=fix)
        elif kind:
            notes = ("scripts cannot read aggregates (manual p. 30)",) if kind == "an aggregate" else ()
            message = f"{text} is {kind}, not a value"
            self.findings.add("E207", self.source, span, message, expected="a variable", notes=notes)
        elif text in SPECIALS:
            message = f"{text} is the name of a form and must follow `(`"
            self.findings.add("E207", self.source, span, message, expected=SPECIALS[text].signature)
        elif _LIKE_A_NUMBER.match(text):
            self._bad_number(name)
        elif text in ABSENT_VARIABLES:
            self._absent(name, ABSENT_VARIABLES[text])
        else:
            known = [*parameters, *self.symbols.integers, *self.symbols.strings, *VARIABLES]
            bare = text.strip("'")
            quoted = f'"{bare}"' if string_required else ""
            self._nearest("E201", name, known, "a variable, parameter or literal", quoted=quoted)

    def target(self, name: Name, parameters: Sequence[str], definition: str) -> bool:
        """Report a name that is written to and that nothing has; False when something has it.

        Args:
            name: The name.
            parameters: Of the function around it.
            definition: The form that defines what is written: `definteger` or `defstring`.
        """
        text = name.name
        symbols = self.symbols
        known = [*parameters, *symbols.integers, *symbols.strings]
        taken = text in known or text in symbols.broken or text in SPECIALS or text in ABSENT_VARIABLES
        if taken or symbols.kind_of(text) or builtin_named(text) is not None or not _PLAIN.fullmatch(text):
            return False
        self._nearest("E201", name, known, "a variable that the script defines", defined=f"({definition} {text})")
        return True

    def function(self, name: Name, arguments: int) -> None:
        """A name that is no function but is called with a number of arguments."""
        text = name.name
        if text in self.symbols.broken:
            return
        if text in ABSENT_FUNCTIONS:
            self._absent(name, ABSENT_FUNCTIONS[text])
            return
        if len(text) > 1 and text[0] in _OPERATOR_START:
            self._attached_operator(name)
            return
        notes: tuple[str, ...] = ("VP has no loops",) if text in _LOOPS else ()
        if kind := self.symbols.kind_of(text) or ("a variable" if text in VARIABLES else ""):
            notes = (f"{text} is {kind}: {_USES.get(kind, 'write it without parentheses to use its value')}",)
        known = [
            *self.symbols.functions,
            *self.symbols.offered,
            *BUILTINS,
            *(n for n, form in SPECIALS.items() if not form.top_level),
        ]
        fitting = {word for word in known if self._takes(word, arguments)}
        self._nearest("E202", name, known, "a function", notes, fitting=fitting)

    def _takes(self, word: str, arguments: int) -> bool:
        """Whether a function or form may have so many arguments."""
        if word in self.symbols.functions:
            return len(self.symbols.functions[word].parameters) == arguments
        if word in self.symbols.offered:
            return self.symbols.offered[word] == arguments
        builtin, form = BUILTINS.get(word), SPECIALS.get(word)
        if builtin is not None:
            return builtin.least <= arguments and (builtin.most is None or arguments <= builtin.most)
        return form is not None and (form.most is None or arguments == form.most - 1)

    def store(self, name: Name, what: str, definition: str, known: Iterable[str], parameters: Iterable[str]) -> None:
        """A name that is no aggregate, or no bag (`what`)."""
        if name.name in self.symbols.broken:
            return
        kind = "a parameter" if name.name in parameters else self.symbols.kind_of(name.name)
        if kind:
            expected = f"an {what}" if what[0] == "a" else f"a {what}"
            self.findings.add("E207", self.source, name.span, f"{name.name} is {kind}", expected=expected)
            return
        self._nearest("E201", name, known, f"the name of a defined {what}: {SPECIALS[definition].signature}")

    def _absent(self, name: Name, why: str) -> None:
        self.findings.add("E209", self.source, name.span, f"{name.name} does not exist in this machine: {why}")

    def _bad_number(self, name: Name) -> None:
        notes = ("VP has no floating-point numbers (manual p. 11)",) if _FLOATING.fullmatch(name.name) else ()
        expected = "decimal digits, or `0x` and hexadecimal digits"
        message = f"invalid number {name.name}"
        self.findings.add("E201", self.source, name.span, message, expected=expected, notes=notes)

    def _attached_operator(self, name: Name) -> None:
        """An operator without a space behind it, or one that only other languages have."""
        text = name.name
        if text in _ASSIGNMENTS:
            expected = f"(setint i ({text[0]} i {'1' if text[0] == text[1] else 'n'}))"
            message = f"VP has no operator {text}"
            self.findings.add("E202", self.source, name.span, message, expected=expected)
            return
        operator = next((op for op in sorted(BUILTINS, key=len, reverse=True) if text.startswith(op)), text[0])
        rest = text[len(operator) :]
        self.findings.add(
            "E202", self.source, name.span, f"unknown ident {text}",
            expected="a function",
            suggestions=(f"({operator} {rest} …)",),
            notes=(f"{text} reads as one name: write a space after the operator",),
            fix=Fix(name.span, f"{operator} {rest}", f"insert a space after {operator}"),
        )  # fmt: skip

    def _before_form(self, name: Name) -> Span:
        """Where a definition may be put: the last line up to a name that begins with a form, else the first line."""
        lines = self.source.text.split("\n")
        line = next((at for at in range(name.span.line, 0, -1) if lines[at - 1].startswith("(")), 1)
        return Span(line, 1, line, 1)

    def _nearest(
        self,
        code: str,
        name: Name,
        known: Iterable[str],
        expected: str,
        notes: tuple[str, ...] = (),
        quoted: str = "",
        defined: str = "",
        fitting: Container[str] | None = None,
    ) -> None:
        """Report an unknown name.

        Args:
            code: The code of the diagnostic.
            name: The name.
            known: The names that might be meant.
            expected: What was expected.
            notes: Notes.
            quoted: The name as a string, where that might be meant.
            defined: A definition of the name, where that might be missing.
            fitting: The names that a fix may put in its place; None for all.
        """
        text, suggestions = name.name, self.findings.nearest(name.name, known)
        if text in OTHER_LANGUAGES:
            suggestions = (OTHER_LANGUAGES[text],)
        fix = near_fix(text, suggestions, name.span)
        if text in OTHER_LANGUAGES:
            fix = Fix(name.span, suggestions[0], f"change to {suggestions[0]}")
        if fix is not None and fix.text in _DIFFERENT_SYNTAX:
            notes, fix = (*notes, f"in VP, {text} is written {SPECIALS[fix.text].signature}"), None
        elif fix is not None and fitting is not None and fix.text not in fitting:
            fix = None
        elif quoted and not suggestions:
            notes, fix = (*notes, "strings are written in quotes"), Fix(name.span, quoted, f"write {quoted}")
        elif defined and not suggestions:
            fix = Fix(self._before_form(name), f"{defined}\n", f"define it: {defined}")
        self.findings.add(
            code, self.source, name.span, f"unknown ident {text}",
            expected=expected, suggestions=suggestions, notes=notes, fix=fix,
        )  # fmt: skip
