# SPDX-License-Identifier: GPL-2.0-or-later
"""The VP language: text to Program. Knows no machine."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
_MODULES = {
    "Diagnostic": "diagnostics.diagnostic",
    "Severity": "diagnostics.diagnostic",
    "Span": "diagnostics.diagnostic",
    "Limits": "limits",
    "Prelude": "prelude",
    "Program": "program",
}
"""Modules of the names that are not in `api`."""


def __getattr__(name: str) -> object:
    """A public name, imported when first used: a machine starts before anything is compiled."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES.get(name, 'api')}"), name)
