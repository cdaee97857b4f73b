# SPDX-License-Identifier: GPL-2.0-or-later
"""The probe point that a vprobe form names."""

from __future__ import annotations

import re

from engine.vp.diagnostics.diagnostic import Fix, Span
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.limits import Limits
from engine.vp.program import ProbePoint
from engine.vp.syntax.ast import Integer, Vprobe
from engine.vp.tables.probes import DYNAMIC, POINTS, PointRow, current_name, dynamic_numbers, sample, usage

_SYMBOL = re.compile(r"^GUEST.*:[A-Za-z_][A-Za-z0-9_.]*$")
_MICROSECONDS = range(1, 1 << 40)


def find_point(form: Vprobe, source: SourceText, findings: Findings, limits: Limits) -> ProbePoint | None:
    """The probe point of a form; None if its name is invalid, which is reported."""
    name, text = form.point, form.point.name
    ours = current_name(text)
    if ours is not None:
        findings.add("W304", source, name.span, f"{text} is read as {ours}")
        text = ours
    size, most = len(text.encode()), limits.name_bytes - 1
    if size > most:
        message = f"the probe name is too long: {size} bytes"
        findings.add(
            "E205", source, name.span, message, expected=f"at most {most} bytes ({most + 1} with the terminating NUL)"
        )
        return None
    row = POINTS.get(text)
    if row is not None and not row.numbers:
        return ProbePoint(text, row.kinds)
    dynamic = next((row for row in DYNAMIC if text.startswith(row.name + ":") or text == row.name), None)
    if dynamic is None:
        _report_unknown(form, text, source, findings)
        return None
    numbers = dynamic_numbers(dynamic, text)
    if numbers is None or (dynamic.name == "USEC" and numbers[0] not in _MICROSECONDS):
        _report_bad_numbers(dynamic, form, source, findings)
        return None
    return ProbePoint(text, dynamic.kinds, numbers[0], numbers[1] if len(numbers) > 1 else 0)


def _report_unknown(form: Vprobe, text: str, source: SourceText, findings: Findings) -> None:
    named = next((row.name for row in DYNAMIC if text.upper().startswith(row.name + ":")), "")
    whole = [name for name, row in POINTS.items() if not row.numbers]
    suggestions = (named + text[len(named) :],) if named else findings.nearest(text, whole)
    span = form.point.span
    fix = Fix(span, suggestions[0], f"change to {suggestions[0]}") if suggestions else None
    findings.add(
        "E208", source, span, f"unknown probe {text}",
        expected="a probe point (`vptop list probes`)", suggestions=suggestions, fix=fix,
    )  # fmt: skip


def _report_bad_numbers(row: PointRow, form: Vprobe, source: SourceText, findings: Findings) -> None:
    name, first, fix = form.point, form.body[0], None
    message = f"invalid probe name {name.name}"
    if name.name.endswith(":") and isinstance(first, Integer):
        message = "unexpected space in probe name"
        span = Span(name.span.line, name.span.column, first.span.end_line, first.span.end_column)
        fix = Fix(span, name.name + first.text, f"write {name.name}{first.text}")
    expected = f"{usage(row)}, for example {sample(row)}"
    notes = ("VP has no guest symbols: write the address",) if _SYMBOL.search(name.name) else ()
    findings.add("E211", source, name.span, message, expected=expected, notes=notes, fix=fix)
