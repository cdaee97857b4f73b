# SPDX-License-Identifier: GPL-2.0-or-later
"""VP expressions evaluated on a machine that is paused.

An expression becomes the body of a VMMLoad probe, which fires as the script is loaded; its value is the key of an
aggregate. Definitions are kept, and variables keep their values from one expression to the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import msgspec

from engine.probes.compiled_script import ScriptRefused
from engine.probes.frame import AggregateId, Row, RuntimeFault
from engine.vm.session import GuestSession
from engine.vp import Diagnostic, Severity, Span, parse
from engine.vp.diagnostics.files import join
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.syntax.ast import Form, Version, Vprobe
from engine.vp.syntax.reader import read
from engine.vp.syntax.shapes import first_word
from engine.vp.tables.forms import SPECIALS

SCRIPT = "<repl>"
"""The name under which the expressions are loaded."""
_WORD_OUTSIDE = "E104"
"""Code of a word that stands outside of forms, as an expression may."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one text."""

    value: int | str | None = None
    """of the expression; strings are escaped as in engine.text. None if there is none."""
    log: str = ""
    """what scripts printed meanwhile"""
    diagnostics: tuple[Diagnostic, ...] = ()
    errors: tuple[RuntimeFault, ...] = ()
    """run-time errors that the expression made"""
    defined: tuple[str, ...] = ()
    """names of the definitions and probes in the text"""

    @property
    def is_refused(self) -> bool:
        """Whether the text has an error and nothing was evaluated."""
        return any(found.severity is Severity.ERROR for found in self.diagnostics)


class Evaluator:
    """Evaluates VP text on one machine, which must be paused in the meantime."""

    def __init__(self, vm: GuestSession, cpu: int = 0) -> None:
        self._vm = vm
        self._cpu = cpu
        self._number = 0
        self._kept: dict[str, tuple[str, str]] = {}
        """file name and text of each definition and probe, by its name"""

    @property
    def definitions(self) -> str:
        """All definitions so far, as VP text."""
        return "\n".join(text for _, text in self._kept.values())

    def evaluate(self, text: str) -> Answer:
        """Evaluate expressions, or add definitions and probes; those of a name that is known replace it."""
        self._number += 1
        label = f"<{self._number}>"
        findings = Findings()
        groups = read(SourceText(label, text), findings)
        malformed = tuple(found for found in findings.sorted() if found.code != _WORD_OUTSIDE)
        if malformed:
            return Answer(diagnostics=malformed)
        if groups and all(first_word(group) in SPECIALS and SPECIALS[first_word(group)].top_level for group in groups):
            return self._define(label, text)
        return self._value(label, text)

    def _define(self, label: str, text: str) -> Answer:
        script, diagnostics = parse(text, label)
        if any(found.severity is Severity.ERROR for found in diagnostics):
            return Answer(diagnostics=diagnostics)
        source = SourceText(label, text)
        new = {_name(form): (label, _at_its_place(form, source)) for form in script.forms}
        answer = self._load([*(self._kept | new).values(), (SCRIPT, "(vprobe VMMLoad 0)")])
        if not answer.is_refused:
            self._kept |= new
        return replace(answer, defined=tuple(new))

    def _value(self, label: str, text: str) -> Answer:
        as_integer = self._load_value(label, text, is_string=False)
        if not any(found.code == "E301" for found in as_integer.diagnostics):
            return as_integer
        as_string = self._load_value(label, text, is_string=True)
        return min(as_string, as_integer, key=lambda answer: (answer.is_refused, len(answer.diagnostics)))

    def _load_value(self, label: str, text: str, *, is_string: bool) -> Answer:
        """The answer with the value as a key of an aggregate, of the integer or the string type."""
        name = f"~{self._number}"
        value = f"(do\n{text}\n)"
        keys = f"() ({value})" if is_string else f"({value}) ()"
        definition = f"(defaggr {name} {int(not is_string)} {int(is_string)})"
        body = f"(vprobe VMMLoad (cond ((== VCPUID {self._cpu}) (aggr {name} {keys} 1))))"
        answer = self._load([*self._kept.values(), (SCRIPT, definition), (label, body)])
        rows: Iterable[Row] = ()
        if not answer.is_refused:
            rows = self._vm.latest.aggregates.get(AggregateId(SCRIPT, name), ())
        keys_found: list[int | str] = []
        for row in rows:
            keys_found += row.strings if is_string else row.integers
        lines = SourceText(label, text)
        return replace(
            answer,
            value=keys_found[0] if keys_found else None,
            diagnostics=tuple(_moved(found, lines) if found.file == label else found for found in answer.diagnostics),
            errors=tuple(
                msgspec.structs.replace(error, line=error.line - 1) if error.file == label else error
                for error in answer.errors
            ),
        )

    def _load(self, files: list[tuple[str, str]]) -> Answer:
        replaced = SCRIPT if any(script.name == SCRIPT for script in self._vm.scripts) else ""
        try:
            warnings = self._vm.load(join(files), SCRIPT, replaced).warnings
        except ScriptRefused as refusal:
            return Answer(diagnostics=refusal.diagnostics)
        frame = self._vm.frame()
        errors = tuple(error for error in frame.errors if error.script == SCRIPT)
        return Answer(log=frame.log, errors=errors, diagnostics=warnings)


def _moved(found: Diagnostic, text: SourceText) -> Diagnostic:
    """A diagnostic about the lines around a text, placed in the text itself, which begins on their second line."""
    last = text.text.count("\n") + 1
    end = (last, len(text.line(last)) + 1)
    span = found.span
    (line, column), (end_line, end_column) = (
        min((place[0] - 1, place[1]), end) for place in ((span.line, span.column), (span.end_line, span.end_column))
    )
    span = Span(line, column, end_line, end_column) if line else Span(1, 1, 1, 1)
    return msgspec.structs.replace(found, span=span, source_line=text.line(span.line), fix=None)


def _name(form: Form) -> str:
    """What tells a definition or probe from the others."""
    if isinstance(form, Version):
        return "version"
    return f"vprobe {form.point.name}" if isinstance(form, Vprobe) else form.name.name


def _at_its_place(form: Form, source: SourceText) -> str:
    """The text of a form with as many lines and columns before it as there are in the source."""
    return "\n" * (form.span.line - 1) + " " * (form.span.column - 1) + source.text_of(form.span)
