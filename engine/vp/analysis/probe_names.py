# SPDX-License-Identifier: GPL-2.0-or-later
"""The probe point that a vprobe form names."""

from __future__ import annotations

from collections.abc import Mapping

from engine.vp.analysis.guest_symbols import address_of, alike, symbols_in, with_addresses
from engine.vp.diagnostics.diagnostic import Fix, Span
from engine.vp.diagnostics.source import Findings, SourceText, near_fix
from engine.vp.limits import Limits
from engine.vp.program import ProbePoint
from engine.vp.syntax.ast import Integer, Vprobe
from engine.vp.tables.elsewhere import absent_domain
from engine.vp.tables.probes import DYNAMIC, POINTS, PointRow, canonical_name, dynamic_numbers, sample, usage


def find_point(
    form: Vprobe, source: SourceText, findings: Findings, limits: Limits, addresses: Mapping[str, int]
) -> ProbePoint | None:
    """The probe point of a form, under the name that the form gives it; None if that is invalid, which is reported.

    Args:
        form: The form.
        source: The text it is in.
        findings: Collects what is wrong.
        limits: The limit of the length of names.
        addresses: Addresses of the guest's symbols.
    """
    name, text = form.point, form.point.name
    absent = absent_domain(text)
    if absent is not None:
        message = f"unknown probe {text}: {absent[1]}"
        findings.add("E209", source, name.span, message, expected="a probe point (`vptop list probes`)")
        return None
    size, most = len(text.encode()), limits.name_bytes - 1
    if size > most:
        message = f"the probe name is too long: {size} bytes"
        findings.add(
            "E205", source, name.span, message, expected=f"at most {most} bytes ({most + 1} with the terminating NUL)"
        )
        return None
    known = canonical_name(text)
    row = POINTS.get(known)
    if row is not None and not row.numbers:
        return ProbePoint(text, row.kinds)
    dynamic = next((row for row in DYNAMIC if known.startswith(row.name + ":") or known == row.name), None)
    if dynamic is None:
        _report_unknown(form, text, source, findings)
        return None
    symbols = symbols_in(dynamic, known)
    numbers = dynamic_numbers(dynamic, with_addresses(dynamic, known, addresses) if symbols else known)
    if numbers is None:
        unknown = next((symbol for symbol in symbols if address_of(symbol, addresses) is None), None)
        if unknown is not None and addresses:
            _report_unknown_symbol(unknown, form, source, findings, addresses)
        else:
            _report_bad_numbers(dynamic, form, source, findings, symbols)
        return None
    return ProbePoint(text, dynamic.kinds, numbers[0], numbers[1] if len(numbers) > 1 else 0, bool(symbols))


def _report_unknown_symbol(
    symbol: str, form: Vprobe, source: SourceText, findings: Findings, addresses: Mapping[str, int]
) -> None:
    name = form.point
    suggestions = findings.nearest(symbol, alike(symbol, addresses))
    fix = None
    if suggestions:
        fix = Fix(name.span, name.name.replace(symbol, suggestions[0]), f"change to {suggestions[0]}")
    findings.add(
        "E211", source, name.span, f"unknown guest symbol {symbol}",
        expected="a symbol of the guest (`vptop guest symbols`) or an address", suggestions=suggestions, fix=fix,
    )  # fmt: skip


def _report_unknown(form: Vprobe, text: str, source: SourceText, findings: Findings) -> None:
    named = next((row.name for row in DYNAMIC if text.upper().startswith(row.name + ":")), "")
    whole = [name for name, row in POINTS.items() if not row.numbers]
    suggestions = (named + text[len(named) :],) if named else findings.nearest(text, whole)
    span = form.point.span
    fix = near_fix(text, suggestions, span)
    findings.add(
        "E208", source, span, f"unknown probe {text}",
        expected="a probe point (`vptop list probes`)", suggestions=suggestions, fix=fix,
    )  # fmt: skip


def _report_bad_numbers(
    row: PointRow, form: Vprobe, source: SourceText, findings: Findings, symbols: list[str]
) -> None:
    name, first, fix = form.point, form.body[0], None
    message = f"invalid probe name {name.name}"
    if name.name.endswith(":") and isinstance(first, Integer):
        message = "unexpected space in probe name"
        span = Span(name.span.line, name.span.column, first.span.end_line, first.span.end_column)
        fix = Fix(span, name.name + first.text, f"write {name.name}{first.text}")
    expected = f"{usage(row)}, for example {sample(row)}"
    notes = ("no symbols of the guest are known: write the address",) if symbols else ()
    findings.add("E211", source, name.span, message, expected=expected, notes=notes, fix=fix)
