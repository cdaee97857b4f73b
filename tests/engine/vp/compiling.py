# SPDX-License-Identifier: GPL-2.0-or-later
"""Short ways to compile a script in tests of single modules."""

from __future__ import annotations

from engine.vp import Diagnostic, Limits, Program, compile_script


def program_of(source: str) -> Program:
    """A script that must compile without a diagnostic."""
    compiled = compile_script(source, "a.vp")
    assert compiled.diagnostics == ()
    assert compiled.program is not None
    return compiled.program


def body(expressions: str, definitions: str = "") -> str:
    """A script with these expressions in a probe; the first line holds the definitions."""
    return f"{definitions}\n(vprobe VMM1Hz {expressions})\n"


def diagnostic_of(source: str, limits: Limits | None = None) -> Diagnostic:
    """The one diagnostic of a script."""
    (found,) = compile_script(source, "a.vp", limits=limits).diagnostics
    return found


def codes_of(source: str) -> list[str]:
    """The codes of all diagnostics of a script."""
    return [found.code for found in compile_script(source, "a.vp").diagnostics]
