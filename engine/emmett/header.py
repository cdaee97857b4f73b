# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines with `@` at the start of a file, as in the toolkit of 2011: domains, memory model and symbol file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.emmett.symbol_file import parse_symbols
from engine.emmett.syntax.preprocessor import Opener
from engine.emmett.syntax.words import Word
from engine.emmett.types.models import MODELS, Model, refusal
from engine.vp.diagnostics.source import Findings

_LINE = re.compile(r"@(VMK|VM\d+|MEMORY_MODEL|SYMBOL_FILE)[ \t]*(?:=[ \t]*(.*?))?[ \t;]*")


@dataclass(frozen=True, slots=True)
class Header:
    """What these lines set."""

    model: Model
    addresses: Mapping[str, int] | None = None
    """of the symbol file; None: no line names one"""


def read_header(lines: list[Word], model: Model, opener: Opener, findings: Findings) -> Header:
    """Take the lines in; what does not work here is reported."""
    addresses: Mapping[str, int] | None = None
    for line in lines:
        found = _LINE.fullmatch(line.text)
        name, value = (found[1], (found[2] or "").strip("\"' ")) if found is not None else ("", "")
        if name == "VMK":
            _report(line, findings, "E634", "there is no VMkernel to probe", "probes of the guest and its VCPUs")
        elif name == "MEMORY_MODEL" and value in MODELS:
            model = MODELS[value]
        elif name == "MEMORY_MODEL":
            _report(line, findings, "E610", *refusal(value))
        elif name == "SYMBOL_FILE":
            text = opener(value, line.at.source.name)
            if text is None:
                _report(line, findings, "E606", f"cannot read `{value}`", "the path of a symbol file")
            else:
                addresses = parse_symbols(text.text)
        elif not value:
            _report(line, findings, "E605", "invalid line", "`@VM1 = target`")
    return Header(model, addresses)


def _report(line: Word, findings: Findings, code: str, message: str, expected: str) -> None:
    findings.add(code, line.at.source, line.at.span, message, expected=expected)
