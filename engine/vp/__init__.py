# SPDX-License-Identifier: GPL-2.0-or-later
"""The VP language: text to Program. Knows no machine."""

from engine.vp.api import VP, Compilation, Language, compile_script, compile_translation, parse
from engine.vp.diagnostics.diagnostic import Diagnostic, Severity, Span
from engine.vp.limits import Limits
from engine.vp.prelude import Prelude
from engine.vp.program import Program

__all__ = [
    "VP",
    "Compilation",
    "Diagnostic",
    "Language",
    "Limits",
    "Prelude",
    "Program",
    "Severity",
    "Span",
    "compile_script",
    "compile_translation",
    "parse",
]
