# SPDX-License-Identifier: GPL-2.0-or-later
"""Second pass: names and types of every expression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.vp.analysis.constraints import Use, Uses
from engine.vp.analysis.definitions import check_length
from engine.vp.analysis.formats import known_conversions
from engine.vp.analysis.symbols import Function, Symbols
from engine.vp.analysis.types import Origin, Slot, merge
from engine.vp.analysis.unknown_names import Unknown
from engine.vp.diagnostics.diagnostic import Span
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.limits import Limits
from engine.vp.syntax.ast import (
    Aggr,
    AggregateCommand,
    BagInsert,
    BagRemove,
    Broken,
    Call,
    Cond,
    Do,
    Expr,
    Integer,
    Name,
    Set,
    String,
)
from engine.vp.syntax.indentation import ends_too_late
from engine.vp.tables.builtins import BUILTINS, SYNONYMS, Builtin, Parameter, Type
from engine.vp.tables.variables import VARIABLES


@dataclass(slots=True)
class _Body:
    """The function whose body is being checked; None in a probe."""

    source: SourceText
    function: Function | None = None


class Checker:
    """Checks all bodies. `types` holds the slot of each expression by its identity."""

    def __init__(self, symbols: Symbols, findings: Findings, limits: Limits) -> None:
        self._symbols = symbols
        self._findings = findings
        self._limits = limits
        self.types: dict[int, Slot] = {}
        self._body = _Body(SourceText("", ""))
        self._uses = Uses(findings)
        self._wants_text = False
        """the name that is looked at stands where a string must"""
        self._rules: dict[type, Callable[[Any], Slot]] = {
            Integer: lambda e: self._typed(Type.INTEGER, e.span, "an integer literal"),
            String: self._string,
            Name: self._name,
            Call: self._call,
            Set: self._set,
            Cond: self._cond,
            Do: self._do,
            Aggr: self._aggr,
            AggregateCommand: self._command,
            BagInsert: self._baginsert,
            BagRemove: self._bagremove,
            Broken: self._broken,
        }

    def check(self) -> None:
        """Check every function and probe."""
        for function in (*self._symbols.functions.values(), *self._symbols.refused):
            self._body = _Body(function.source, function)
            last = self._sequence(function.form.body)
            why = f"the result of {function.form.name.name}"
            if last.root().mixed is not None:
                function.result.root().mixed = last.root().mixed
            else:
                self._uses.compare(Use(function.source, function.form.body[-1].span, function.result, last, why))
        self._uses.settle()
        for probe in self._symbols.probes:
            self._body = _Body(probe.source)
            for expression in probe.form.body:
                self._void(expression)
            self._uses.settle()
        self._symbols.spread_written()

    def _sequence(self, body: tuple[Expr, ...]) -> Slot:
        for expression in body[:-1]:
            self._void(expression)
        return self._infer(body[-1])

    def _void(self, expression: Expr) -> None:
        """Check an expression whose value is not used: its branches need not agree."""
        if isinstance(expression, Do):
            for part in expression.body:
                self._void(part)
        elif isinstance(expression, Cond):
            for condition, value in expression.pairs:
                self._need(condition, Type.INTEGER, "a condition")
                self._void(value)
        else:
            self._infer(expression)

    def _infer(self, expression: Expr) -> Slot:
        self._wants_text &= isinstance(expression, Name)
        slot = self._rules[type(expression)](expression)
        self.types[id(expression)] = slot
        return slot

    def _need(self, expression: Expr, kind: Type, why: str) -> None:
        """The value of an expression is used as a type."""
        self._wants_text = kind is Type.STRING
        self._agree(expression, Slot(kind, Origin(why, self._body.source.name, expression.span)), why)

    def _agree(self, expression: Expr, wanted: Slot, why: str) -> None:
        self._uses.compare(Use(self._body.source, expression.span, wanted, self._infer(expression), why))

    # --- atoms ---

    def _typed(self, kind: Type, span: Span, words: str) -> Slot:
        return Slot(kind, Origin(words, self._body.source.name, span))

    def _string(self, expression: String) -> Slot:
        check_length(expression.value, self._limits, self._findings, self._body.source, expression.span)
        return self._typed(Type.STRING, expression.span, "a string literal")

    def _name(self, expression: Name) -> Slot:
        name = expression.name
        function = self._body.function
        if function is not None:
            for position, parameter in enumerate(function.form.parameters):
                if parameter.name == name:
                    return function.parameters[position].root()
        if name in self._symbols.integers:
            return self._typed(Type.INTEGER, self._symbols.integers[name][1].name.span, f"{name}, an integer variable,")
        if name in self._symbols.strings:
            return self._typed(Type.STRING, self._symbols.strings[name][1].name.span, f"{name}, a string variable,")
        if name in VARIABLES:
            return self._variable(expression)
        self._unknown.value(expression, self._own(), wants_text=self._wants_text)
        return Slot()

    def _variable(self, expression: Name) -> Slot:
        row = VARIABLES[expression.name]
        if row.vendor and row.vendor != self._limits.hv_vendor:
            message = f"{row.name} belongs to {row.vendor.upper() if row.vendor == 'amd' else 'Intel'} processors"
            ours = "VMCS_" if self._limits.hv_vendor == "intel" else "VMCB_"
            expected = f"{ours} variables: the virtual processor is of the other vendor"
            self._add("E210", expression.span, message, expected=expected)
        return Slot(row.type, Origin(f"{row.name}, a built-in {row.type.value} variable"))

    # --- calls ---

    def _call(self, expression: Call) -> Slot:
        name = expression.function.name
        user = self._symbols.functions.get(name)
        if user is not None:
            return self._user_call(expression, user)
        builtin = BUILTINS.get(SYNONYMS.get(name, name))
        if builtin is None:
            for argument in expression.args:
                self._infer(argument)
            self._unknown.function(expression.function)
            return Slot()
        if len(expression.args) > self._limits.arguments:
            self._add(
                "E404",
                expression.span,
                f"{len(expression.args)} arguments are too many",
                expected=f"{self._limits.arguments} at most",
            )
        if builtin.name in ("printf", "sprintf"):
            self._format_call(expression, builtin)
        else:
            self._builtin_call(expression, builtin)
        return self._typed(Type.INTEGER, expression.span, f"the result of {name}")

    def _user_call(self, expression: Call, callee: Function) -> Slot:
        name = expression.function.name
        if len(expression.args) != len(callee.parameters):
            wanted = " ".join([name, *(p.name for p in callee.form.parameters)])
            place = f"it is defined at {callee.source.name}:{callee.form.span.line}"
            count = len(callee.parameters)
            self._wrong_count(expression, f"{name} takes {_count(count)}", f"({wanted})", place, count)
        for position, argument in enumerate(expression.args):
            if position < len(callee.parameters):
                parameter = callee.form.parameters[position].name
                why, found = f"parameter {parameter} of {name}", self._infer(argument)
                self._uses.later(Use(self._body.source, argument.span, callee.parameters[position], found, why))
                self._note_passed(argument, name, position)
            else:
                self._infer(argument)
        return callee.result.root()

    def _note_passed(self, argument: Expr, callee: str, there: int) -> None:
        position = self._parameter_position(argument)
        if position is not None and self._body.function is not None:
            self._body.function.passes.add((position, callee, there))

    def _parameter_position(self, expression: Expr) -> int | None:
        function = self._body.function
        if function is None or not isinstance(expression, Name):
            return None
        names = [parameter.name for parameter in function.form.parameters]
        return names.index(expression.name) if expression.name in names else None

    def _builtin_call(self, expression: Call, builtin: Builtin) -> None:
        name, count = expression.function.name, len(expression.args)
        least = 1 if builtin.unary is not None else len(builtin.parameters)
        two_argument_form = builtin.name == "getgueststr" and count == 2
        if (count < least or (builtin.most is not None and count > builtin.most)) and not two_argument_form:
            wanted = f"at least {_count(least)}" if builtin.most is None else _count(builtin.most)
            example = f"for example {builtin.example}"
            self._wrong_count(expression, f"{name} takes {wanted}", builtin.signature, example, builtin.most)
        parameters = (Parameter.TARGET, Parameter.INTEGER) if two_argument_form else builtin.parameters
        for position, argument in enumerate(expression.args):
            self._argument(
                argument, parameters[min(position, len(parameters) - 1)] if parameters else None, name, position
            )

    def _argument(self, argument: Expr, parameter: Parameter | None, name: str, position: int) -> None:
        why = f"argument {position + 1} of {name}"
        if parameter is Parameter.TARGET:
            self._target(argument, why)
        elif parameter is not None:
            self._need(argument, Type.STRING if parameter is Parameter.STRING else Type.INTEGER, why)
        else:
            self._infer(argument)

    def _target(self, argument: Expr, why: str) -> None:
        """A string that is written: a variable or a parameter."""
        if not isinstance(argument, Name):
            self._infer(argument)
            self._add(
                "E207", argument.span, f"{why} is written and must be a string variable", expected="a string variable"
            )
            return
        if argument.name in VARIABLES:
            self._read_only(argument)
            return
        self._need(argument, Type.STRING, why)
        self._note_written(argument)

    def _note_written(self, target: Name) -> None:
        position = self._parameter_position(target)
        if position is not None and self._body.function is not None:
            self._body.function.written.add(position)

    def _read_only(self, target: Name) -> None:
        self._add(
            "E206",
            target.span,
            f"{target.name} is a built-in variable and read-only",
            expected="a variable of your own",
        )

    def _format_call(self, expression: Call, builtin: Builtin) -> None:
        fixed = len(builtin.parameters)
        if len(expression.args) < fixed:
            message, example = f"{builtin.name} takes at least {_count(fixed)}", f"for example {builtin.example}"
            self._wrong_count(expression, message, builtin.signature, example, None)
        for position, argument in enumerate(expression.args[:fixed]):
            self._argument(argument, builtin.parameters[position], builtin.name, position)
        if len(expression.args) < fixed:
            return
        template, rest = expression.args[fixed - 1], expression.args[fixed:]
        if isinstance(template, String):
            self._literal_format(expression, template, rest)
            return
        for argument in rest:
            self._infer(argument)

    def _literal_format(self, expression: Call, template: String, rest: tuple[Expr, ...]) -> None:
        found = known_conversions(template, self._body.source, self._findings)
        if found is None:
            for argument in rest:
                self._infer(argument)
            return
        for number, argument in enumerate(rest):
            kind = found[number].type if number < len(found) else None
            if kind is not None:
                self._need(argument, kind, f"the argument of {found[number].text}")
            else:
                self._infer(argument)
        surplus = rest[len(found) : self._limits.arguments]
        if surplus:
            what = "this argument is" if len(surplus) == 1 else f"this argument and {len(surplus) - 1} after it are"
            message = f"the format has {_count(len(found), 'conversion')}: {what} not printed"
            self._add("W303", surplus[0].span, message)
        if len(found) > len(rest):
            verb = "follows" if len(rest) == 1 else "follow"
            message = f"the format has {_count(len(found), 'conversion')}, but {_count(len(rest))} {verb}"
            self._add("E303", expression.span, message, expected=f"an argument for {found[len(rest)].text}")

    def _wrong_count(self, expression: Call, message: str, expected: str, note: str, most: int | None) -> None:
        given, span, fix = len(expression.args), expression.span, None
        notes = (note,) if expected not in note else ()
        if most is not None and given > most:
            before = expression.args[most - 1] if most else expression.function
            late = ends_too_late(self._body.source, span, before.span, expression.args[most].span)
            if late is not None:
                span, notes, fix = expression.args[most].span, (*notes, late[0]), late[1]
        self._add("E302", span, f"{message}, not {given or 'none'}", expected=expected, notes=notes, fix=fix)

    # --- forms ---

    def _broken(self, expression: Broken) -> Slot:
        for part in expression.parts:
            self._infer(part)
        return Slot()

    def _set(self, expression: Set) -> Slot:
        word, kind = ("setstr", Type.STRING) if expression.string else ("setint", Type.INTEGER)
        target = expression.target
        if target.name in VARIABLES:
            self._read_only(target)
        else:
            self._need(target, kind, f"the variable of {word}")
            self._note_written(target) if expression.string else None
        self._need(expression.value, kind, f"the value of {word}")
        return self._typed(Type.INTEGER, expression.span, f"the result of {word}")

    def _cond(self, expression: Cond) -> Slot:
        slot: Slot | None = None
        for condition, value in expression.pairs:
            self._need(condition, Type.INTEGER, "a condition")
            found = self._infer(value)
            slot = found if slot is None else merge(slot, found)
        assert slot is not None  # noqa: S101 - the parser wants a pair
        return slot

    def _do(self, expression: Do) -> Slot:
        return self._sequence(expression.body)

    def _aggr(self, expression: Aggr) -> Slot:
        name = expression.target.name
        entry = self._symbols.aggregates.get(name)
        for kind, keys in ((Type.INTEGER, expression.integers), (Type.STRING, expression.strings)):
            for key in keys:
                self._need(key, kind, f"a key among the {kind.value} keys of {name}")
        self._need(expression.value, Type.INTEGER, "the value added to an aggregate")
        if entry is None:
            self._unknown.store(expression.target, "aggregate", "defaggr", self._symbols.aggregates, self._own())
        else:
            form = entry[1]
            wanted, given = (form.integer_keys, form.string_keys), (len(expression.integers), len(expression.strings))
            if wanted != given:
                message = f"{name} has {_keys(wanted)}, here are {_keys(given)}"
                expected = (
                    f"(aggr {name} ({' '.join(wanted[0] * ['INTEGER'])}) ({' '.join(wanted[1] * ['STRING'])}) VALUE)"
                )
                notes = (f"{name} is defined in line {form.span.line}",)
                self._add("E305", expression.span, message, expected=expected, notes=notes)
        return self._typed(Type.INTEGER, expression.span, "the result of aggr")

    def _command(self, expression: AggregateCommand) -> Slot:
        if expression.target.name not in self._symbols.aggregates:
            self._unknown.store(expression.target, "aggregate", "defaggr", self._symbols.aggregates, self._own())
        return self._typed(Type.INTEGER, expression.span, "the result of this form")

    def _baginsert(self, expression: BagInsert) -> Slot:
        self._bag(expression.target)
        self._need(expression.key, Type.INTEGER, "the key of a pair")
        self._need(expression.value, Type.INTEGER, "the value of a pair")
        return self._typed(Type.INTEGER, expression.span, "the result of baginsert")

    def _bagremove(self, expression: BagRemove) -> Slot:
        self._bag(expression.target)
        self._need(expression.key, Type.INTEGER, "the key of a pair")
        return self._typed(Type.INTEGER, expression.span, "the result of bagremove")

    def _bag(self, target: Name) -> None:
        if target.name not in self._symbols.bags:
            self._unknown.store(target, "bag", "defbag", self._symbols.bags, self._own())

    def _own(self) -> list[str]:
        """Parameters of the function that is being checked."""
        function = self._body.function
        return [] if function is None else [parameter.name for parameter in function.form.parameters]

    @property
    def _unknown(self) -> Unknown:
        return Unknown(self._symbols, self._findings, self._body.source)

    def _add(self, code: str, span: Span, message: str, **more: Any) -> None:  # noqa: ANN401 - handed on to Findings.add
        self._findings.add(code, self._body.source, span, message, **more)


def _count(number: int, what: str = "argument") -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _keys(counts: tuple[int, int]) -> str:
    return f"{_count(counts[0], 'integer key')} and {_count(counts[1], 'string key')}"
