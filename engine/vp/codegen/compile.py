# SPDX-License-Identifier: GPL-2.0-or-later
"""Third pass: checked forms to a Program."""

from __future__ import annotations

from engine.core.opcodes import Op
from engine.core.tables import number_of
from engine.vp.analysis.symbols import Function, Probe, Symbols
from engine.vp.analysis.types import Slot
from engine.vp.codegen.body import BodyCompiler
from engine.vp.codegen.expressions import RULES
from engine.vp.diagnostics.diagnostic import Span
from engine.vp.diagnostics.source import Findings
from engine.vp.limits import MAX_CODE_BYTES, Limits
from engine.vp.program import AggregateInfo, BagInfo, FunctionCode, ProbeCode, Program

STACK_SLOTS = number_of("vpcore.h", "VPC_STACK_SLOTS")


class Compiler:
    """Compiles one checked script."""

    def __init__(self, symbols: Symbols, types: dict[int, Slot], findings: Findings, limits: Limits) -> None:
        self._symbols = symbols
        self._findings = findings
        self._limits = limits
        self._body = BodyCompiler(symbols, types, RULES)

    def program(self, name: str, source: str, prelude: frozenset[str]) -> Program:
        """The program; it must not be used if something was reported about its size."""
        symbols, code = self._symbols, self._body.code
        functions = tuple(self._function(function) for function in symbols.functions.values())
        probes = tuple(self._probe(probe) for probe in symbols.probes)
        if len(code.bytes) > min(self._limits.code_bytes, MAX_CODE_BYTES):
            self._report_size(len(code.bytes))
        strings = tuple(
            (name, code.literal(form.initial.value if form.initial else b""))
            for name, (_, form) in symbols.strings.items()
        )
        return Program(
            name=name,
            source=source,
            code=bytes(code.bytes),
            literals=code.literals,
            integers=tuple((n, f.initial.value if f.initial else 0) for n, (_, f) in symbols.integers.items()),
            strings=strings,
            functions=functions,
            probes=probes,
            aggregates=tuple(
                AggregateInfo(n, f.integer_keys, f.string_keys, f.span) for n, (_, f) in symbols.aggregates.items()
            ),
            bags=tuple(BagInfo(n, f.size, f.span) for n, (_, f) in symbols.bags.items()),
            places=tuple(code.places),
            prelude=prelude,
        )

    def _function(self, function: Function) -> FunctionCode:
        form, body = function.form, self._body
        entry = body.begin(function.source, form.parameters)
        body.sequence(form.body, used=True)
        body.code.emit(Op.RETURN)
        slots = self._slots(form.name.name, form.span)
        return FunctionCode(form.name.name, entry, len(form.parameters), slots, body.locals, form.span)

    def _probe(self, probe: Probe) -> ProbeCode:
        form, body = probe.form, self._body
        entry = body.begin(probe.source, ())
        body.sequence(form.body, used=False)
        body.code.emit(Op.END)
        slots = self._slots(probe.armed.name, form.span)
        return ProbeCode(probe.armed, entry, slots, body.locals, form.span)

    def _slots(self, name: str, span: Span) -> int:
        """Stack slots of the body that was compiled last."""
        own, most = self._body.locals, self._limits.locals
        slots = own + self._body.code.deepest
        if own > most or slots > STACK_SLOTS:
            message = f"{name} needs {slots} stack slots, {own} of them for parameters and temporary strings"
            self._findings.add("E407", self._body.source, span, message, expected=f"at most {most} slots for these")
        return slots

    def _report_size(self, size: int) -> None:
        probe, most = self._symbols.probes[0], self._limits.code_bytes
        message, expected = f"the script compiles to {size} bytes of code", f"at most vprobe.maxCodeBytes = {most}"
        notes = (f"vprobe.maxCodeBytes can be set to {MAX_CODE_BYTES} at most",)
        self._findings.add("E402", probe.source, probe.form.span, message, expected=expected, notes=notes)
