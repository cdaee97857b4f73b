# SPDX-License-Identifier: GPL-2.0-or-later
"""First pass: what a script defines, and the probe points it names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.vp.analysis.probe_names import find_point
from engine.vp.analysis.symbols import Function, Probe, Symbols
from engine.vp.analysis.types import Slot
from engine.vp.diagnostics.diagnostic import Fix, Span
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.limits import BAG_PAIR_BYTES, LANGUAGE_VERSION, Limits
from engine.vp.syntax.ast import DefAggr, DefBag, DefInteger, DefString, Defun, Form, Name, Version, Vprobe
from engine.vp.tables.builtins import BUILTINS
from engine.vp.tables.forms import SPECIALS

_CAPITAL_LETTER = re.compile(r"[A-Z]")
_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})")


class Definer:
    """Fills a Symbols from the forms of a script and its prelude."""

    def __init__(
        self, symbols: Symbols, findings: Findings, limits: Limits, addresses: Mapping[str, int] | None = None
    ) -> None:
        self._addresses = {} if addresses is None else addresses
        self._symbols = symbols
        self._findings = findings
        self._limits = limits

    def add(self, form: Form, source: SourceText) -> None:
        """Add one form; a name that is taken is reported."""
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
                message = _number_of_keys(max(form.integer_keys, form.string_keys))
                expected = f"at most {self._limits.keys} of each type"
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
            message = f"invalid bag size {_signed(form.size)}"
            self._findings.add("E406", source, form.span, message, expected=f"1 to {limits.bag_pairs} pairs")
        elif form.size * BAG_PAIR_BYTES > limits.bag_bytes:
            room = limits.bag_bytes // BAG_PAIR_BYTES
            message = f"a bag of {form.size} pairs in storage for {room}: vprobe.bagBytes is {limits.bag_bytes}"
            needed = form.size * BAG_PAIR_BYTES
            note = f"baginsert returns 0 when the storage is full; set vprobe.bagBytes to {needed} or more"
            self._findings.add("W305", source, form.span, message, notes=(note,))

    def _defun(self, form: Defun, source: SourceText) -> None:
        slots = [Slot() for _ in form.parameters]
        functions = self._symbols.functions
        functions[form.name.name] = Function(form, source, len(functions), slots, Slot())
        seen: set[str] = set()
        for parameter in form.parameters:
            self._check_name(parameter, source)
            if parameter.name in seen:
                message = f"duplicate parameter {parameter.name}"
                self._findings.add("E203", source, parameter.span, message, expected="another name")
            seen.add(parameter.name)
        if len(form.parameters) > self._limits.arguments:
            message = f"too many parameters: {len(form.parameters)}"
            self._findings.add("E404", source, form.span, message, expected=f"at most {self._limits.arguments}")

    def _is_free(self, name: Name, source: SourceText) -> bool:
        """Whether a name may be defined; if not, the reason is reported. Synonyms of operators may be defined."""
        kind, line = self._symbols.kind_of(name.name), self._symbols.line_of(name.name)
        if name.name in BUILTINS or name.name in SPECIALS:
            kind = "a built-in function"
        if kind:
            notes = (f"it is defined on line {line}",) if line else ()
            message = f"{name.name} is already {kind}"
            self._findings.add("E203", source, name.span, message, expected="another name", notes=notes)
        return not kind

    def _check_name(self, name: Name, source: SourceText) -> None:
        if not name.name.startswith("~") and name.name.upper() == name.name and _CAPITAL_LETTER.search(name.name):
            lower = name.name.lower()
            self._findings.add(
                "E204", source, name.span, f"{name.name} is reserved: names in capitals belong to VProbes",
                expected="a name with a lower-case letter", fix=Fix(name.span, lower, f"rename to {lower}"),
            )  # fmt: skip
        size, most = len(name.name.encode()), self._limits.name_bytes - 1
        if size > most:
            message, expected = (
                f"the name is too long: {size} bytes",
                f"at most {most} bytes ({most + 1} with the terminating NUL)",
            )
            self._findings.add("E205", source, name.span, message, expected=expected)

    def _version(self, form: Version, source: SourceText) -> None:
        match = _VERSION.fullmatch(form.text)
        if match is None:
            message = f"invalid version {form.text[:20]}"
            self._findings.add("E107", source, form.span, message, expected='(version "1.0")')
            return
        major, minor = int(match[1]), int(match[2])
        ours = "{}.{}".format(*LANGUAGE_VERSION)
        if major > LANGUAGE_VERSION[0]:
            message = f"the script requires VP {form.text}; this engine supports VP {ours}"
            self._findings.add("E501", source, form.span, message, expected=f"version {ours} or lower")
        elif major < LANGUAGE_VERSION[0]:
            message = f"the script was written for VP {form.text}; this engine supports VP {ours}"
            self._findings.add("W501", source, form.span, message)
        elif minor > LANGUAGE_VERSION[1]:
            message = (
                f"the script was written for VP {form.text}; this engine supports VP {ours} and may lack something"
            )
            self._findings.add("W502", source, form.span, message)

    def _probe(self, form: Vprobe, source: SourceText) -> None:
        limits, probes = self._limits, self._symbols.probes
        probes.append(Probe(form, source, find_point(form, source, self._findings, limits, self._addresses)))
        if len(probes) + limits.armed == limits.probes + 1:
            others = f", {limits.armed} of them in other scripts" if limits.armed else ""
            message = f"too many probes: this is number {limits.probes + 1}{others}"
            self._findings.add("E401", source, form.span, message, expected=f"at most {limits.probes} probes")


def check_length(value: bytes, limits: Limits, findings: Findings, source: SourceText, span: Span) -> None:
    """Report a string literal that is too long for a string."""
    most = limits.string_bytes - 1
    if len(value) > most:
        message, expected = (
            f"the string is too long: {len(value)} bytes",
            f"at most {most} bytes ({most + 1} with the terminating NUL)",
        )
        findings.add("E403", source, span, message, expected=expected)


def _number_of_keys(keys: int) -> str:
    """What is wrong with a number of keys."""
    return f"invalid number of keys {_signed(keys)}" if _signed(keys) < 0 else f"too many keys: {keys}"


def _signed(value: int) -> int:
    """A literal as it was written: those below 0 are kept as 64 bits."""
    return value - (1 << 64) if value >> 63 else value
