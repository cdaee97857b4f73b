# SPDX-License-Identifier: GPL-2.0-or-later
"""printf formats: which conversions a literal format holds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.vp.tables.builtins import Type

_CONVERSION = re.compile(rb"%([-+ #0]{0,5}[0-9]{0,4}(?:\.[0-9]{0,4})?[hlqjztL]*)(.?)", re.DOTALL)
LETTERS = "diuxXocsp"


@dataclass(frozen=True, slots=True)
class Conversion:
    """One conversion; letter is None when it is not one the engine knows."""

    text: str
    type: Type | None


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
        found.append(Conversion(match[0].decode("utf-8", "backslashreplace"), kind))
        position = match.end()
    return found
