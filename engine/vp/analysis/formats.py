# SPDX-License-Identifier: GPL-2.0-or-later
"""printf formats: which conversions a literal format holds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.vp.diagnostics.diagnostic import Fix, Span
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.syntax.ast import String
from engine.vp.tables.builtins import Type

_CONVERSION = re.compile(rb"%([-+ #0]{0,5}[0-9]{0,4}(?:\.[0-9]{0,4})?[hlqjztL]*)(.?)", re.DOTALL)
LETTERS = "diuxXocsp"


@dataclass(frozen=True, slots=True)
class Conversion:
    """One conversion and where it stands, in bytes; type is None when it is not one the engine knows."""

    text: str
    type: Type | None
    start: int
    end: int


def conversions(text: bytes) -> list[Conversion]:
    """Conversions in order; `%%` is none."""
    found = []
    position = 0
    while (match := _CONVERSION.search(text, position)) is not None:
        if text[match.start() : match.start() + 2] == b"%%":
            position = match.start() + 2
            continue
        letter = match[2].decode("latin-1")
        known = letter in LETTERS and letter != ""
        kind = (Type.STRING if letter == "s" else Type.INTEGER) if known else None
        found.append(Conversion(match[0].decode("utf-8", "backslashreplace"), kind, match.start(), match.end()))
        position = match.end()
    return found


def known_conversions(template: String, source: SourceText, findings: Findings) -> list[Conversion] | None:
    """The conversions of a literal; None when there are some that the engine does not know, which is reported."""
    found = conversions(template.value)
    unknown = [number for number, conversion in enumerate(found) if conversion.type is None]
    for number in unknown:
        text, span = found[number].text, _place(template, number, [one.text for one in found], source)
        fix = Fix(span, "%%", "print a per cent sign") if text == "%" and span != template.span else None
        expected = f"% flags width .precision and one of {' '.join(LETTERS)}, or %%"
        findings.add("E304", source, span, f"{text} is no conversion", expected=expected, fix=fix)
    return None if unknown else found


def _place(template: String, number: int, texts: list[str], source: SourceText) -> Span:
    """Where a conversion stands in the source; the whole literal where escapes are in the way."""
    written = source.text_of(template.span).encode("utf-8", "surrogatepass")
    there = conversions(written[:-1])
    if [one.text for one in there] != texts:
        return template.span
    before = source.offset(template.span.line, template.span.column)  # a conversion may end within a character
    start, end = (
        before + len(written[:offset].decode("utf-8", "ignore")) for offset in (there[number].start, there[number].end)
    )
    return source.span(start, end)
