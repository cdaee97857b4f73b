# SPDX-License-Identifier: GPL-2.0-or-later
"""First pass: what a script defines, and where its probes are."""

from __future__ import annotations

import re

from engine.vp.analysis.symbols import Function, Probe, Symbols
from engine.vp.analysis.types import Slot
from engine.vp.diagnostics.diagnostic import Fix, Span
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.limits import BAG_PAIR_BYTES, LANGUAGE_VERSION, Limits
from engine.vp.program import ProbePoint
from engine.vp.syntax.ast import DefAggr, DefBag, DefInteger, DefString, Defun, Form, Integer, Name, Version, Vprobe
from engine.vp.tables.builtins import BUILTINS, SPECIALS
from engine.vp.tables.probes import DYNAMIC, POINTS, PointRow, current_name, dynamic_numbers, sample, usage

_CAPITAL = re.compile(r"[A-Z]")
_SYMBOL = re.compile(r"^GUEST.*:[A-Za-z_][A-Za-z0-9_.]*$")
_MICROSECONDS = range(1, 1 << 40)


class Definer:
    """Fills Symbols from the forms of a script and its prelude."""

    def __init__(self, symbols: Symbols, findings: Findings, limits: Limits) -> None:
        self._symbols = symbols
        self._findings = findings
        self._limits = limits

    def add(self, form: Form, source: SourceText) -> None:
        """Take one form in."""
        if isinstance(form, Version):
            self._version(form, source)
        elif isinstance(form, Vprobe):
            self._probe(form, source)
        elif self._is_free(form.name, source):
            self._check_name(form.name, source)
            self._define(form, source)
        elif isinstance(form, Defun):
            self._symbols.refused.append(Function(form, source, -1, [Slot() for _ in form.parameters], Slot()))

    def _define(self, form: DefInteger | DefString | DefAggr | DefBag | Defun, source: SourceText) -> None:
        symbols, name = self._symbols, form.name.name
        match form:
            case DefInteger():
                symbols.integers[name] = (len(symbols.integers), form)
            case DefString():
                symbols.strings[name] = (len(symbols.strings), form)
                if form.initial is not None:
                    check_length(form.initial.value, self._limits, self._findings, source, form.initial.span)
            case DefAggr() if max(form.integer_keys, form.string_keys) > self._limits.keys:
                symbols.broken.add(name)
                message = f"{max(form.integer_keys, form.string_keys)} keys are too many"
                expected = f"{self._limits.keys} of either type at most"
                self._findings.add("E406", source, form.span, message, expected=expected)
            case DefAggr():
                symbols.aggregates[name] = (len(symbols.aggregates), form)
            case DefBag():
                symbols.bags[name] = (len(symbols.bags), form)
                self._check_bag(form, source)
            case Defun():
                self._defun(form, source)

    def _check_bag(self, form: DefBag, source: SourceText) -> None:
        limits = self._limits
        if not 1 <= form.size <= limits.bag_pairs:
            message = f"a bag of {form.size} pairs is not possible"
            self._findings.add("E406", source, form.span, message, expected=f"1 to {limits.bag_pairs} pairs")
        elif form.size * BAG_PAIR_BYTES > limits.bag_bytes:
            room = limits.bag_bytes // BAG_PAIR_BYTES
            message = f"a bag of {form.size} pairs, with room for {room}: vprobe.bagBytes is {limits.bag_bytes}"
            note = f"baginsert returns 0 when it is used up; vprobe.bagBytes={form.size * BAG_PAIR_BYTES} would do"
            self._findings.add("W305", source, form.span, message, notes=(note,))

    def _defun(self, form: Defun, source: SourceText) -> None:
        slots = [Slot() for _ in form.parameters]
        functions = self._symbols.functions
        functions[form.name.name] = Function(form, source, len(functions), slots, Slot())
        seen: set[str] = set()
        for parameter in form.parameters:
            self._check_name(parameter, source)
            if parameter.name in seen:
                message = f"{parameter.name} is a parameter already"
                self._findings.add("E203", source, parameter.span, message, expected="another name")
            seen.add(parameter.name)
        if len(form.parameters) > self._limits.arguments:
            message = f"{len(form.parameters)} parameters are too many"
            self._findings.add("E404", source, form.span, message, expected=f"{self._limits.arguments} at most")

    def _is_free(self, name: Name, source: SourceText) -> bool:
        """A name that may be defined; otherwise the reason is reported. Older words for operators are free."""
        kind, line = self._symbols.kind_of(name.name), self._symbols.line_of(name.name)
        if name.name in BUILTINS or name.name in SPECIALS:
            kind = "a built-in function"
        if kind:
            notes = (f"it is defined in line {line}",) if line else ()
            message = f"{name.name} is {kind} already"
            self._findings.add("E203", source, name.span, message, expected="another name", notes=notes)
        return not kind

    def _check_name(self, name: Name, source: SourceText) -> None:
        if not name.name.startswith("~") and name.name.upper() == name.name and _CAPITAL.search(name.name):
            lower = name.name.lower()
            self._findings.add(
                "E204", source, name.span, f"names in capitals such as {name.name} are reserved",
                expected="a name with a small letter", fix=Fix(name.span, lower, f"call it {lower}"),
            )  # fmt: skip
        size = len(name.name.encode())
        if size >= self._limits.name_bytes:
            message = f"this name is {size} bytes long"
            self._findings.add(
                "E205", source, name.span, message, expected=f"{self._limits.name_bytes - 1} bytes at most"
            )

    def _version(self, form: Version, source: SourceText) -> None:
        match = re.fullmatch(r"(\d{1,6})\.(\d{1,6})", form.text)
        if match is None:
            self._findings.add("E107", source, form.span, f"{form.text[:20]} is no version", expected='(version "1.0")')
            return
        major, minor = int(match[1]), int(match[2])
        ours = "{}.{}".format(*LANGUAGE_VERSION)
        if major > LANGUAGE_VERSION[0]:
            message = f"the script asks for VP {form.text}, this engine is VP {ours}"
            self._findings.add("E501", source, form.span, message, expected=f"version {ours} or lower")
        elif major < LANGUAGE_VERSION[0]:
            message = f"the script was written for VP {form.text}, this engine is VP {ours}"
            self._findings.add("W501", source, form.span, message)
        elif minor > LANGUAGE_VERSION[1]:
            message = f"the script was written for VP {form.text}, this engine is VP {ours}: something may be missing"
            self._findings.add("W502", source, form.span, message)

    # --- probes ---

    def _probe(self, form: Vprobe, source: SourceText) -> None:
        point = self._point(form, source)
        self._symbols.probes.append(Probe(form, source, point))
        if len(self._symbols.probes) + self._limits.armed == self._limits.probes + 1:
            others = f"; {self._limits.armed} belong to other scripts" if self._limits.armed else ""
            message = f"this is probe number {self._limits.probes + 1}{others}"
            self._findings.add("E401", source, form.span, message, expected=f"{self._limits.probes} probes at most")

    def _point(self, form: Vprobe, source: SourceText) -> ProbePoint | None:
        name, text = form.point, form.point.name
        ours = current_name(text)
        if ours is not None:
            self._findings.add("W304", source, name.span, f"{text} is read as {ours}")
            text = ours
        if len(text.encode()) >= self._limits.name_bytes:
            self._findings.add(
                "E205",
                source,
                name.span,
                f"this probe name is {len(text.encode())} bytes long",
                expected=f"{self._limits.name_bytes - 1} bytes at most",
            )
            return None
        row = POINTS.get(text)
        if row is not None and not row.numbers:
            return ProbePoint(text, row.kinds)
        dynamic = next((row for row in DYNAMIC if text.startswith(row.name + ":") or text == row.name), None)
        if dynamic is None:
            named = next((row.name for row in DYNAMIC if text.upper().startswith(row.name + ":")), "")
            whole = [name for name, row in POINTS.items() if not row.numbers]
            suggestions = (named + text[len(named) :],) if named else self._findings.nearest(text, whole)
            self._findings.add(
                "E208",
                source,
                name.span,
                f"unknown probe {text}",
                expected="a probe point (`vptop list probes`)",
                suggestions=suggestions,
                fix=Fix(name.span, suggestions[0], f"change to {suggestions[0]}") if suggestions else None,
            )
            return None
        return self._dynamic(dynamic, form, source, text)

    def _dynamic(self, row: PointRow, form: Vprobe, source: SourceText, text: str) -> ProbePoint | None:
        numbers = dynamic_numbers(row, text)
        if numbers is None or (row.name == "USEC" and numbers[0] not in _MICROSECONDS):
            self._report_bad_numbers(row, form, source)
            return None
        extra = numbers[1] if len(numbers) > 1 else 0
        return ProbePoint(text, row.kinds, numbers[0], extra)

    def _report_bad_numbers(self, row: PointRow, form: Vprobe, source: SourceText) -> None:
        name, first, fix = form.point, form.body[0], None
        message = f"{name.name} is no probe point"
        if name.name.endswith(":") and isinstance(first, Integer):
            message = "a blank tears the name of this probe point"
            span = Span(name.span.line, name.span.column, first.span.end_line, first.span.end_column)
            fix = Fix(span, name.name + first.text, f"make it {name.name}{first.text}")
        expected = f"{usage(row)}, for example {sample(row)}"
        notes = ("VP knows no symbols of the guest: write the address",) if _SYMBOL.search(name.name) else ()
        self._findings.add("E211", source, name.span, message, expected=expected, notes=notes, fix=fix)


def check_length(value: bytes, limits: Limits, findings: Findings, source: SourceText, span: Span) -> None:
    """Report a string literal that does not fit a string."""
    if len(value) >= limits.string_bytes:
        message = f"this string is {len(value)} bytes long"
        findings.add("E403", source, span, message, expected=f"{limits.string_bytes - 1} bytes at most")
