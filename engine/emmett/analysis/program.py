# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole program: what is declared first, then the bodies in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.emmett.analysis.context import Context
from engine.emmett.analysis.declared import named
from engine.emmett.analysis.names import report_unassigned
from engine.emmett.analysis.nodes import Cond, Form, Node, Number, Word, sequence
from engine.emmett.analysis.points import check_parameters, vp_point
from engine.emmett.analysis.statements import Statements
from engine.emmett.analysis.symbols import Body, Function, ProbeForm, Symbols, Variable
from engine.emmett.syntax.ast import CallablePart, Declaration, Declarator, Expr, Item, MemoryModel, Parameter, Probe
from engine.emmett.syntax.ast import Function as FunctionTree
from engine.emmett.syntax.location import Location
from engine.emmett.types.models import MODELS, Model, refusal
from engine.emmett.types.types import (
    AggregateType,
    CallableType,
    IntegerType,
    PointerType,
    StringType,
    Type,
    VoidType,
    WrongType,
)
from engine.vp.tables.variables import VARIABLES


@dataclass(slots=True)
class _Pending:
    """A body that is analysed when everything is declared."""

    item: FunctionTree | Probe
    model: Model
    function: Function | None = None


class Program:
    """Analyses one program."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._statements = Statements(context)
        self._pending: list[_Pending] = []

    @property
    def symbols(self) -> Symbols:
        """What the program defines."""
        return self._context.symbols

    @property
    def names_guest(self) -> bool:
        """Whether addresses of the guest's symbols are in it."""
        return self._context.names_guest

    def analyse(self, items: Iterable[Item], *, log_aggregates: bool = False) -> None:
        """Take in everything that is declared, then the bodies.

        Args:
            items: the program.
            log_aggregates: log and clear all aggregates once a second.
        """
        for item in self._flat(items):
            self._item(item)
        counts = {FunctionTree: 0, Probe: 0}
        for pending in self._pending:
            self._context.model = pending.model
            number = counts[type(pending.item)]
            counts[type(pending.item)] += 1
            if isinstance(pending.item, Probe):
                self._probe(pending.item, number)
            elif pending.function is not None:
                self._body(pending.function, number)
        self._statements.loops.check()
        if log_aggregates:
            self._log_aggregates()
        report_unassigned(self._context)

    def _flat(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, with the memory model set that holds for each."""
        for item in items:
            if not isinstance(item, MemoryModel):
                yield item
                continue
            before = self._context.model
            self._set_model(item)
            if item.items is not None:
                yield from self._flat(item.items)
                self._context.model = before

    def _set_model(self, item: MemoryModel) -> None:
        model = MODELS.get(item.model.name)
        if model is None:
            message, expected = refusal(item.model.name)
            self._context.report("E610", item.model.at, message, expected=expected)
        else:
            self._context.model = model

    # --- what is declared ---

    def _item(self, item: Item) -> None:
        match item:
            case Declaration():
                self._declaration(item)
            case FunctionTree():
                function = self._function(item)
                self._pending.append(_Pending(item, self._context.model, function))
            case Probe():
                self._pending.append(_Pending(item, self._context.model))
            case _:
                return

    def _declaration(self, item: Declaration) -> None:
        types = self._statements.expressions.types
        base = types.base(item.specifiers)
        for declarator, initial in item.items:
            kind = types.declared(base, declarator)
            name = declarator.name
            if name is None or (isinstance(kind, CallableType) and not item.specifiers.typedef):
                continue  # a prototype says nothing that the definition does not
            if item.specifiers.typedef:
                self.symbols.typedefs[name.name] = kind
            elif self._is_free(name.name, name.at):
                self._variable(declarator, kind, initial)

    def _variable(self, declarator: Declarator, kind: Type, initial: Expr | None) -> None:
        name = declarator.name
        if name is None:
            return
        kind = self._statements.variable_type(kind, declarator)
        variable = Variable(name.name, self.symbols.vp_name(name.name), kind, name.at, is_assigned=True)
        self.symbols.variables[name.name] = variable
        variable.initial = self._statements.initial(variable, initial)

    def _is_free(self, name: str, at: Location) -> bool:
        if name in VARIABLES:
            message = f"`{name}` is a built-in variable"
            self._context.report("E615", at, message, expected="another name")
            return False
        return self._context.claim(name, at)

    def _function(self, tree: FunctionTree) -> Function | None:
        types, declarator = self._statements.expressions.types, tree.declarator
        name, parts = declarator.name, declarator.parts
        if name is None or not parts or not isinstance(parts[0], CallablePart):
            expected = "`type name(parameters) { … }`"
            self._context.report("E616", declarator.at, "this is no function, but it has a body", expected=expected)
            return None
        around = Declarator(name, parts[1:], declarator.at)
        result = types.declared(types.base(tree.specifiers), around)
        if not isinstance(result, IntegerType | PointerType | StringType | VoidType | WrongType):
            message = f"a function cannot return {result}"
            self._context.report("E616", declarator.at, message, expected="void, an integer, a pointer or a string")
        parameters = tuple(row for one in named(parts[0].parameters) if (row := self._parameter(one, None)) is not None)
        if not self._is_free(name.name, name.at):
            return None
        function = Function(name.name, self.symbols.vp_name(name.name), result, parameters, tree)
        self.symbols.functions[name.name] = function
        return function

    def _parameter(self, parameter: Parameter, number: int | None) -> Variable | None:
        """A parameter of a function, or the one of a probe that has this number."""
        kind = self._statements.expressions.types.parameter(parameter)
        name = None if parameter.declarator is None else parameter.declarator.name
        if name is None:
            if number is None:
                self._context.report("E616", parameter.at, "this parameter has no name", expected="a name")
            return None
        vp_name = self.symbols.vp_name(name.name) if number is None else f"ARG{number}"
        return Variable(name.name, vp_name, kind, name.at, is_assigned=True, is_argument=number is not None)

    # --- bodies ---

    def _body(self, function: Function, number: int) -> None:
        body = self._enter(f"~flocal{number}:", function.tree.at, function.parameters)
        function.body = self._statements.function(function.tree.body, function.result)
        self.symbols.function_locals += body.locals.values()
        self._context.body = None

    def _probe(self, probe: Probe, number: int) -> None:
        check_parameters(self._context, probe)
        parameters = [
            row
            for position, one in enumerate(named(probe.parameters))
            if (row := self._parameter(one, position)) is not None
        ]
        body = self._enter(f"~plocal{number}:", probe.at, parameters)
        node = self._statements.probe(probe.body)
        self.symbols.probe_locals += body.locals.values()
        self._context.body = None
        point = vp_point(self._context, probe.point)
        self.symbols.probes.append(ProbeForm(point, probe.point.name, node, probe.at, probe.point.at))

    def _enter(self, prefix: str, at: Location, parameters: Iterable[Variable]) -> Body:
        body = Body(prefix, at)
        self.symbols.bodies.append(body)
        for parameter in parameters:
            if parameter.name in body.parameters:
                self._context.redeclared(parameter.name, parameter.at, body.parameters[parameter.name].at)
            body.parameters[parameter.name] = parameter
        self._context.body = body
        return body

    def _log_aggregates(self) -> None:
        """`-a`: log and clear all aggregates once a second."""
        rows = [row for row in self.symbols.variables.values() if isinstance(row.type, AggregateType)]
        if not rows:
            return
        at = rows[0].at
        forms: list[Node] = []
        for row in rows:
            forms += [Form(head, (Word(row.vp_name, row.at),), row.at) for head in ("logaggr", "clearaggr")]
        first = Form("==", (Word("VCPUID", at), Number(0, at)), at)
        node = Cond(((first, sequence(forms, at)),), at)
        self.symbols.probes.append(ProbeForm("VMM1Hz", "VMM1Hz", node, at, at))


def inferred(symbols: Symbols) -> dict[str, Type]:
    """The types of names without a declaration, as their first assignments give them."""
    return {name: row.type for name, row in symbols.variables.items() if row.is_inferred}
