# SPDX-License-Identifier: GPL-2.0-or-later
"""Compiling a script apart from the machine it is loaded into, so that the guest can run meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.core.image import ProgramImage
from engine.errors import InputError
from engine.probes.image import image_of
from engine.probes.languages import compile_script
from engine.vp import Diagnostic, Limits, Prelude, Program, Severity
from engine.vp.diagnostics.render import render


class ScriptRefused(InputError):  # noqa: N818 - an answer, not a malfunction
    """A script was not loaded, and nothing that runs has changed. Correct it at its `diagnostics` and load again."""

    def __init__(self, message: str, diagnostics: Sequence[Diagnostic] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.diagnostics = tuple(diagnostics)

    def __str__(self) -> str:
        """The message and every diagnostic with its place: what a notebook shows."""
        return "\n".join((self.message, *(render(diagnostic) for diagnostic in self.diagnostics)))


@dataclass(frozen=True, slots=True)
class CompiledScript:
    """A script that can be loaded where what its job depends on has not changed."""

    job: CompileJob
    program: Program
    image: ProgramImage
    warnings: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class CompileJob:
    """Everything that the compilation of a script depends on."""

    name: str
    source: str
    prelude: Prelude | None
    limits: Limits

    def compile(self) -> CompiledScript:
        """Compile the script. This reads nothing of a machine, so any thread may do it.

        Raises:
            ScriptRefused: the script has errors.
        """
        compiled = compile_script(self.source, self.name, prelude=self.prelude, limits=self.limits)
        if compiled.program is None:
            errors = sum(diagnostic.severity is Severity.ERROR for diagnostic in compiled.diagnostics)
            raise ScriptRefused(f"{self.name} was not loaded: {count(errors, 'error')}", compiled.diagnostics)
        return CompiledScript(self, compiled.program, image_of(compiled.program), compiled.diagnostics)


def count(number: int, what: str) -> str:
    """A number of things in words: `1 error`, `2 errors`."""
    return f"{number} {what}{'' if number == 1 else 's'}"
