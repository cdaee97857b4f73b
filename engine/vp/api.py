# SPDX-License-Identifier: GPL-2.0-or-later
"""Text to Program: all passes in a row."""

from __future__ import annotations

from dataclasses import dataclass

from engine.vp.analysis.checker import Checker
from engine.vp.analysis.definitions import Definer
from engine.vp.analysis.symbols import Symbols
from engine.vp.codegen.compile import Compiler
from engine.vp.diagnostics.diagnostic import Diagnostic
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.limits import Limits
from engine.vp.prelude import Prelude, reached
from engine.vp.program import Program
from engine.vp.syntax.ast import Form, Script
from engine.vp.syntax.parser import Parser
from engine.vp.syntax.reader import read


@dataclass(frozen=True, slots=True)
class Compilation:
    """What became of a script: a program unless there is an error; warnings may come with a program."""

    program: Program | None
    diagnostics: tuple[Diagnostic, ...]


def parse(source: str, name: str = "<script>") -> tuple[Script, tuple[Diagnostic, ...]]:
    """The syntax tree of everything that could be read, and what could not."""
    findings = Findings()
    text = SourceText(name, source)
    forms = Parser(text, findings).forms(read(text, findings))
    return Script(name, tuple(forms)), findings.sorted()


def compile_script(
    source: str, name: str = "<script>", *, prelude: Prelude | None = None, limits: Limits | None = None
) -> Compilation:
    """Compile a script. Never raises for what is wrong with it: that comes back as diagnostics."""
    limits = limits or Limits()
    findings = Findings()
    text = SourceText(name, source)
    groups = read(text, findings)
    symbols = Symbols()
    definer = Definer(symbols, findings, limits)
    parser = Parser(text, findings)
    forms = parser.forms(groups)
    symbols.broken = parser.broken
    brought: list[Form] = []
    if prelude is not None:
        guest, extra = reached(prelude, groups, findings)
        brought = Parser(guest, findings).forms(extra)
    for form in forms:
        definer.add(form, text)
    for form in brought:
        definer.add(form, guest)
    if not symbols.probes and not findings.has_errors:
        start = forms[0].span if forms else text.span(0, 0)
        findings.add("E405", text, start, "this script has no probe", expected="(vprobe PROBE EXPRESSION …)")
    checker = Checker(symbols, findings, limits)
    checker.check()
    program = None
    if not findings.has_errors:
        names = frozenset(form.name.name for form in brought if hasattr(form, "name"))
        program = Compiler(symbols, checker.types, findings, limits).program(name, source, names)
    return Compilation(None if findings.has_errors else program, findings.sorted())
