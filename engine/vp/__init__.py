# SPDX-License-Identifier: GPL-2.0-or-later
"""The VP language: text to Program. Knows no machine."""

from engine.vp.api import Compilation, compile_script, parse
from engine.vp.diagnostics.diagnostic import Diagnostic, Severity, Span
from engine.vp.limits import Limits
from engine.vp.prelude import Prelude
from engine.vp.program import Program

__all__ = ["Compilation", "Diagnostic", "Limits", "Prelude", "Program", "Severity", "Span", "compile_script", "parse"]
