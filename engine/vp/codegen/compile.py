# SPDX-License-Identifier: GPL-2.0-or-later
"""Third pass: checked forms to bytecode (src/opcodes.h of the core documents the operations)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.core.opcodes import Op
from engine.vp.analysis.escape import fleeting_results, is_string_place
from engine.vp.analysis.fold import constant, operator
from engine.vp.analysis.symbols import Function, Symbols
from engine.vp.analysis.types import Slot
from engine.vp.codegen.emit import Code, Label
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.limits import MAX_CODE_BYTES, Limits
from engine.vp.program import AggregateInfo, BagInfo, FunctionCode, ProbeCode, Program
from engine.vp.syntax.ast import (
    Aggr,
    AggregateCommand,
    BagInsert,
    BagRemove,
    Call,
    Cond,
    Do,
    Expr,
    Integer,
    Name,
    Set,
    String,
)
from engine.vp.tables.builtins import BUILTINS, SYNONYMS, Type
from engine.vp.tables.variables import VARIABLES

TEMPORARY_SLOTS = 32
"""A string of 256 bytes in 64-bit slots."""
LONGEST_GUEST_STRING = 255
STACK_SLOTS = 2048


@dataclass(slots=True)
class _Frame:
    """The body being compiled: where it is, and the slots of its parameters and temporaries."""

    source: SourceText
    parameters: dict[str, int]
    locals: int


class Compiler:
    """Compiles one checked script."""

    def __init__(self, symbols: Symbols, types: dict[int, Slot], findings: Findings, limits: Limits) -> None:
        self._symbols = symbols
        self._types = types
        self._findings = findings
        self._limits = limits
        self._code = Code()
        self._frame = _Frame(SourceText("", ""), {}, 0)
        self._fleeting = fleeting_results(symbols)
        self._rules: dict[type, Callable[[Any], None]] = {
            Integer: lambda e: self._code.integer(e.value),
            String: lambda e: self._code.emit(Op.LITERAL, self._code.literal(e.value)),
            Name: self._name,
            Call: self._call,
            Set: self._set,
            Cond: lambda e: self._cond(e, used=True),
            Do: self._do,
            Aggr: self._aggr,
            AggregateCommand: self._command,
            BagInsert: self._baginsert,
            BagRemove: self._bagremove,
        }

    def program(self, name: str, source: str, prelude: frozenset[str]) -> Program | None:
        """The program, or None when it does not fit (and that is reported)."""
        functions = tuple(self._function(function) for function in self._symbols.functions.values())
        probes = tuple(self._probe(index) for index in range(len(self._symbols.probes)))
        if len(self._code.bytes) > min(self._limits.code_bytes, MAX_CODE_BYTES):
            self._too_large()
        strings = tuple(
            (name, self._code.literal(form.initial.value if form.initial else b""))
            for name, (_, form) in self._symbols.strings.items()
        )
        return Program(
            name=name,
            source=source,
            code=bytes(self._code.bytes),
            literals=self._code.literals,
            integers=tuple((n, f.initial.value if f.initial else 0) for n, (_, f) in self._symbols.integers.items()),
            strings=strings,
            functions=functions,
            probes=probes,
            aggregates=tuple(
                AggregateInfo(n, f.integer_keys, f.string_keys, f.span)
                for n, (_, f) in self._symbols.aggregates.items()
            ),
            bags=tuple(BagInfo(n, f.size, f.span) for n, (_, f) in self._symbols.bags.items()),
            places=tuple(self._code.places),
            prelude=prelude,
        )

    def _too_large(self) -> None:
        probe = self._symbols.probes[0]
        message = f"the bytecode of this script is {len(self._code.bytes)} bytes long"
        expected = f"vprobe.maxCodeBytes = {self._limits.code_bytes} at most"
        notes = (f"vprobe.maxCodeBytes can be set up to {MAX_CODE_BYTES}",)
        self._findings.add("E402", probe.source, probe.form.span, message, expected=expected, notes=notes)

    # --- bodies ---

    def _function(self, function: Function) -> FunctionCode:
        names = {parameter.name: slot for slot, parameter in enumerate(function.form.parameters)}
        self._frame = _Frame(function.source, names, len(names))
        entry = self._code.begin()
        self._sequence(function.form.body, used=True)
        self._code.emit(Op.RETURN)
        slots = self._slots(function.form.name.name, function.form)
        form = function.form
        return FunctionCode(form.name.name, entry, len(names), slots, self._frame.locals, form.span)

    def _probe(self, index: int) -> ProbeCode:
        probe = self._symbols.probes[index]
        self._frame = _Frame(probe.source, {}, 0)
        entry = self._code.begin()
        self._sequence(probe.form.body, used=False)
        self._code.emit(Op.END)
        slots = self._slots(probe.armed.name, probe.form)
        return ProbeCode(probe.armed, entry, slots, self._frame.locals, probe.form.span)

    def _slots(self, name: str, form: Any) -> int:  # noqa: ANN401 - a Defun or a Vprobe, only its place counts
        slots = self._frame.locals + self._code.deepest
        if self._frame.locals > self._limits.locals or slots > STACK_SLOTS:
            message = (
                f"{name} needs {slots} stack slots, {self._frame.locals} of them for parameters and strings handed over"
            )
            self._findings.add(
                "E407",
                self._frame.source,
                form.span,
                message,
                expected=f"{self._limits.locals} slots for these at most",
            )
        return slots

    def _sequence(self, body: tuple[Expr, ...], *, used: bool) -> None:
        for expression in body[:-1]:
            self._void(expression)
        self._value(body[-1]) if used else self._void(body[-1])

    def _value(self, expression: Expr) -> None:
        """Code that leaves the value of an expression on the stack."""
        self._here(expression)
        folded = constant(expression, self._symbols.functions)
        if folded is not None:
            self._code.integer(folded)
            return
        self._rules[type(expression)](expression)

    def _void(self, expression: Expr) -> None:
        """Code for what an expression does; its value is not kept."""
        if isinstance(expression, Do):
            self._sequence(expression.body, used=False)
        elif isinstance(expression, Cond):
            self._cond(expression, used=False)
        elif isinstance(expression, Integer | String | Name) and not self._may_fail(expression):
            return
        elif constant(expression, self._symbols.functions) is None:
            self._value(expression)
            self._code.emit(Op.DROP)

    def _may_fail(self, expression: Expr) -> bool:
        """VCPU state read in VMX context is a run-time error even when the value is not kept."""
        row = VARIABLES.get(expression.name) if isinstance(expression, Name) else None
        return row is not None and row.is_vcpu_state

    def _here(self, expression: Expr) -> None:
        self._code.place(self._frame.source.name, expression.span)

    # --- atoms ---

    def _name(self, expression: Name) -> None:
        name = expression.name
        if name in self._frame.parameters:
            self._code.emit(Op.GET_LOCAL, self._frame.parameters[name])
        elif name in self._symbols.integers:
            self._code.emit(Op.GET_INTEGER, self._symbols.integers[name][0])
        elif name in self._symbols.strings:
            self._code.emit(Op.GET_STRING, self._symbols.strings[name][0])
        else:
            number = VARIABLES[name].number
            self._here(expression)
            self._code.emit(Op.PROBENAME) if number is None else self._code.emit(Op.VARIABLE, number)

    # --- calls ---

    def _call(self, expression: Call) -> None:
        name = expression.function.name
        user = self._symbols.functions.get(name)
        if user is not None:
            self._user_call(expression, user)
            return
        builtin = BUILTINS[SYNONYMS.get(name, name)]
        if operator(expression, self._symbols.functions) is not None:
            self._operator(expression)
        elif builtin.name in ("printf", "sprintf"):
            self._print(expression, builtin.op, len(builtin.parameters))
        else:
            self._arguments(expression, builtin.op)
            self._here(expression)
            self._code.emit(builtin.op)
            if builtin.op is Op.EXIT:
                self._code.integer(0)  # never reached: keeps the depth of the stack what its readers expect

    def _arguments(self, expression: Call, op: Op) -> None:
        for position, argument in enumerate(expression.args):
            if op is Op.GETGUESTSTR and position == 1 and len(expression.args) == 2:
                self._code.integer(LONGEST_GUEST_STRING)
            self._value(argument)

    def _user_call(self, expression: Call, callee: Function) -> None:
        for position, argument in enumerate(expression.args):
            self._value(argument)
            if position in callee.written and not is_string_place(argument):
                self._temporary()
        self._here(expression)
        self._code.emit(Op.CALL, callee.index, effect=1 - len(expression.args))
        if callee.form.name.name in self._fleeting:
            self._temporary()

    def _temporary(self) -> None:
        """Keep the string on the stack as long as this body runs."""
        first = max(self._frame.locals, 1)  # a result is left in slot 0 while the string it may name is still needed
        self._code.emit(Op.TEMPORARY, min(first, 255))
        self._frame.locals = first + TEMPORARY_SLOTS

    def _operator(self, expression: Call) -> None:
        builtin = operator(expression, self._symbols.functions)
        assert builtin is not None  # noqa: S101 - the caller asked
        if builtin.name in ("&&", "||"):
            self._logical(expression, Op.JUMP_ZERO if builtin.name == "&&" else Op.JUMP_NONZERO)
            return
        self._value(expression.args[0])
        if len(expression.args) == 1:
            self._code.emit(builtin.unary or builtin.op)
        for argument in expression.args[1:]:
            self._value(argument)
            if builtin.op in (Op.DIV, Op.MOD):
                self._here(expression)
            self._code.emit(builtin.op)

    def _logical(self, expression: Call, leave: Op) -> None:
        decided, end = Label(), Label()
        depth = self._code.depth
        for argument in expression.args[:-1]:
            self._value(argument)
            self._code.jump(leave, decided)
        self._value(expression.args[-1])
        self._code.emit(Op.BOOL, effect=0)
        self._code.jump(Op.JUMP, end)
        self._code.bind(decided, depth)
        self._code.integer(int(leave is Op.JUMP_NONZERO))
        self._code.bind(end, depth + 1)

    def _print(self, expression: Call, op: Op, fixed: int) -> None:
        strings = 0
        for position, argument in enumerate(expression.args):
            self._value(argument)
            if position >= fixed and self._types[id(argument)].resolved() is Type.STRING:
                strings |= 1 << position - fixed
        self._here(expression)
        self._code.emit(op, len(expression.args) - fixed, strings, effect=1 - len(expression.args))

    # --- forms ---

    def _set(self, expression: Set) -> None:
        name = expression.target.name
        if expression.string:
            self._name(expression.target)
            self._value(expression.value)
            self._code.emit(Op.COPY_STRING)
            return
        self._value(expression.value)
        if name in self._frame.parameters:
            self._code.emit(Op.SET_LOCAL, self._frame.parameters[name])
        else:
            self._code.emit(Op.SET_INTEGER, self._symbols.integers[name][0])

    def _do(self, expression: Do) -> None:
        self._sequence(expression.body, used=True)

    def _cond(self, expression: Cond, *, used: bool) -> None:
        end = Label()
        depth = self._code.depth
        decided = False
        for condition, value in expression.pairs:
            known = constant(condition, self._symbols.functions)
            if known == 0:
                continue
            following = Label()
            if known is None:
                self._value(condition)
                self._code.jump(Op.JUMP_ZERO, following)
            self._value(value) if used else self._void(value)
            decided = known is not None
            if decided:
                break
            self._code.jump(Op.JUMP, end)
            self._code.bind(following, depth)
        if used and not decided:
            self._default(expression)
        self._code.bind(end, depth + int(used))

    def _default(self, expression: Cond) -> None:
        """No condition was true: 0, or the empty string."""
        if self._types[id(expression)].resolved() is Type.STRING:
            self._code.emit(Op.LITERAL, self._code.literal(b""))
        else:
            self._code.integer(0)

    def _aggr(self, expression: Aggr) -> None:
        for key in (*expression.integers, *expression.strings):
            self._value(key)
        self._value(expression.value)
        taken = len(expression.integers) + len(expression.strings) + 1
        self._code.emit(Op.AGGREGATE, self._symbols.aggregates[expression.target.name][0], effect=1 - taken)

    def _command(self, expression: AggregateCommand) -> None:
        op = Op.CLEAR_AGGREGATE if expression.clear else Op.LOG_AGGREGATE
        self._code.emit(op, self._symbols.aggregates[expression.target.name][0])

    def _baginsert(self, expression: BagInsert) -> None:
        self._value(expression.key)
        self._value(expression.value)
        self._code.emit(Op.BAG_INSERT, self._symbols.bags[expression.target.name][0])

    def _bagremove(self, expression: BagRemove) -> None:
        self._value(expression.key)
        self._code.emit(Op.BAG_REMOVE, self._symbols.bags[expression.target.name][0])
