# SPDX-License-Identifier: GPL-2.0-or-later
"""Expressions: names and types are checked, and each becomes an expression of VP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.emmett.analysis.calls import Calls
from engine.emmett.analysis.context import Context
from engine.emmett.analysis.declared import Declared
from engine.emmett.analysis.equals import check_condition, check_effect
from engine.emmett.analysis.folding import binary, constant, is_nested, unary
from engine.emmett.analysis.names import Names
from engine.emmett.analysis.nodes import Aggr, Cond, Form, Node, Number, Word
from engine.emmett.analysis.values import (
    Value,
    in_memory,
    nothing,
    number,
    read_string,
    result_type,
    scaled,
    text,
)
from engine.emmett.syntax.ast import (
    Assign,
    Binary,
    Call,
    Cast,
    Choice,
    Comma,
    Expr,
    Index,
    Insert,
    Integer,
    Member,
    Name,
    SizeOf,
    String,
    TypeName,
    Unary,
)
from engine.emmett.syntax.location import Location
from engine.emmett.types.types import (
    INT64,
    STRING,
    VOID,
    AggregateType,
    BagType,
    PointerType,
    StringType,
    StructType,
    Type,
    VoidType,
    WrongType,
    decayed,
    is_number,
    is_text_in_memory,
    size_of,
)

MAX_NESTING = 90
"""Operators and calls inside of one another; VP's limit leaves some levels for the statements around them."""
_LOGICAL = {"&&", "||"}
_COMPARED = {"==", "!="}


class Expressions:
    """Analyses expressions of one program."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.types = Declared(context, self.constant)
        self.names = Names(context, self)
        self._calls = Calls(context, self)
        self._depth, self._is_too_deep = 0, False
        self._rules: dict[type, Callable[[Any], Value]] = {
            Integer: lambda e: Value(INT64, Number(e.value, e.at), e.at),
            String: lambda e: Value(STRING, Word(f'"{e.text}"', e.at), e.at),
            Name: self.names.read,
            Unary: self._unary,
            Binary: self._binary,
            Choice: self._choice,
            Assign: self.names.assign,
            Insert: self._insert,
            Comma: self._comma,
            Cast: self._cast,
            SizeOf: self._sizeof,
            Index: self._index,
            Member: self._member,
            Call: self._calls.call,
        }

    def value(self, expression: Expr) -> Value:
        """What an expression stands for, as its value is used."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            self._depth -= 1
            return self._too_deep(expression.at)
        found = self._rules[type(expression)](expression)
        self._depth -= 1
        return found

    def _too_deep(self, at: Location) -> Value:
        """Report nesting once for a program; VP's own limit would name the VP instead."""
        if not self._is_too_deep:
            self._is_too_deep = True
            expected = f"at most {MAX_NESTING} operators and calls inside of one another"
            notes = ("keep a part of the expression in a variable",)
            self._context.report("E607", at, "nested too deep", expected=expected, notes=notes)
        return nothing(at)

    def effect(self, expression: Expr) -> Node:
        """An expression whose value is not used."""
        if isinstance(expression, Comma):
            return Form("do", (self.effect(expression.first), self.effect(expression.second)), expression.at)
        if isinstance(expression, Assign):
            return self.names.assign(expression, used=False).node
        if isinstance(expression, Choice):
            condition = self.condition(expression.condition, "a condition")
            yes, no = self.effect(expression.yes), self.effect(expression.no)
            return Cond(((condition, yes), (Number(1, expression.no.at), no)), expression.at)
        check_effect(self._context, expression)
        return self.value(expression).node

    def condition(self, expression: Expr, why: str) -> Node:
        """An expression that decides what is done."""
        check_condition(self._context, expression)
        return self.number(expression, why)

    def number(self, expression: Expr, why: str) -> Node:
        """An expression that must be an integer."""
        return number(self._context, self.value(expression), why)

    def constant(self, expression: Expr, why: str) -> int | None:
        """The value of a constant expression; None when it is none, which is reported."""
        node = self.number(expression, why)
        found = constant(node)
        if found is None:
            self._context.report("E614", expression.at, f"{why} is not constant", expected="numbers and operators")
        return found

    # --- operators ---

    def _unary(self, expression: Unary) -> Value:
        op, at = expression.op, expression.at
        if op == "&":
            return self._address(expression)
        value = self.value(expression.operand)
        if op == "*":
            return self._dereference(value, at)
        node = number(self._context, value, f"the operand of `{op}`")
        return Value(INT64, node if op == "+" else unary(op, node, at), at)

    def _address(self, expression: Unary) -> Value:
        operand = expression.operand
        if isinstance(operand, Name):
            return Value(INT64, Number(self._context.address(operand.name, operand.at), operand.at), operand.at)
        value = self.value(operand)
        if value.address is None:
            if not isinstance(value.type, WrongType):
                expected = "something in guest memory, or the name of a guest symbol"
                self._context.report("E625", operand.at, "this has no address", expected=expected)
            return nothing(expression.at)
        return Value(PointerType(value.type, self._context.model), value.address, expression.at)

    def _dereference(self, value: Value, at: Location) -> Value:
        kind = decayed(value.type)
        if isinstance(kind, PointerType) and not isinstance(kind.target, VoidType):
            return in_memory(kind.target, value.node, at)
        if not isinstance(kind, WrongType):
            expected = "a pointer to a type, for example `*(long *)address`"
            self._context.report("E621", value.at, f"cannot dereference {value.type}", expected=expected)
        return nothing(at)

    def _binary(self, expression: Binary) -> Value:
        """A chain such as `a + b - c` is walked in a loop: it is as deep as the VP it becomes, not as it is long."""
        chain = [expression]
        while isinstance(chain[-1].left, Binary):
            chain.append(chain[-1].left)
        found, depth = self.value(chain[-1].left), self._depth
        for link in reversed(chain):
            before = found.node
            found = self.operation(link.op, found, self.value(link.right), link.at)
            depth += is_nested(before, found.node)
            if depth > MAX_NESTING:
                return self._too_deep(link.at)
        return found

    def operation(self, op: str, left: Value, right: Value, at: Location) -> Value:
        """`left op right`."""
        strings = [isinstance(side.type, StringType) for side in (left, right)]
        if any(strings) and op in ("+", *_COMPARED):
            return self._on_strings(op, left, right, at)
        if op in ("+", "-"):
            found = self._on_pointers(op, left, right, at)
            if found is not None:
                return found
        a = number(self._context, left, f"the left operand of `{op}`")
        b = number(self._context, right, f"the right operand of `{op}`")
        if op in ("/", "%") and constant(b) == 0:
            if not isinstance(right.type, WrongType):
                self._context.report("E626", right.at, "division by zero", expected="a divisor other than 0")
            return nothing(at)
        if op in _LOGICAL:
            return Value(INT64, Form(op, (a, b), at), at)
        return Value(INT64, binary(op, a, b, at), at)

    def _on_strings(self, op: str, left: Value, right: Value, at: Location) -> Value:
        a = text(self._context, left, f"the left operand of `{op}`")
        b = text(self._context, right, f"the right operand of `{op}`")
        if op in _COMPARED:
            return Value(INT64, Form(op, (Form("strcmp", (a, b), at), Number(0, at)), at), at)
        target = Word(self._context.symbols.temporary(at).vp_name, at)
        join = Form("sprintf", (target, Word('"%s%s"', at), a, b), at)
        return Value(STRING, Form("do", (join, target), at), at)

    def _on_pointers(self, op: str, left: Value, right: Value, at: Location) -> Value | None:
        """Arithmetic in elements; None when neither is a pointer."""
        a, b = decayed(left.type), decayed(right.type)
        if isinstance(a, PointerType) and isinstance(b, PointerType) and op == "-":
            size = max(1, size_of(a.target))
            return Value(INT64, binary("/", binary("-", left.node, right.node, at), Number(size, at), at), at)
        if isinstance(b, PointerType) and not isinstance(a, PointerType) and op == "+":
            step = scaled(self._context, number(self._context, left, "an index"), b.target, at)
            return Value(b, binary(op, step, right.node, at), at)
        if not isinstance(a, PointerType):
            return None
        step = scaled(self._context, number(self._context, right, "an index"), a.target, at)
        return Value(a, binary(op, left.node, step, at), at)

    def _choice(self, expression: Choice) -> Value:
        condition = self.condition(expression.condition, "a condition")
        yes, no = self.value(expression.yes), self.value(expression.no)
        at, otherwise = expression.at, Number(1, expression.no.at)
        if isinstance(yes.type, StringType) or isinstance(no.type, StringType):
            a, b = text(self._context, yes, "a branch of `?:`"), text(self._context, no, "a branch of `?:`")
            return Value(STRING, Cond(((condition, a), (otherwise, b)), at), at)
        a, b = number(self._context, yes, "a branch of `?:`"), number(self._context, no, "a branch of `?:`")
        return Value(result_type(yes.type, no.type), Cond(((condition, a), (otherwise, b)), at), at)

    def _comma(self, expression: Comma) -> Value:
        first, second = self.effect(expression.first), self.value(expression.second)
        return Value(second.type, Form("do", (first, second.node), expression.at), expression.at)

    def _cast(self, expression: Cast) -> Value:
        kind, value = self.types.named_type(expression.type), self.value(expression.operand)
        at = expression.at
        if isinstance(kind, StringType):
            if is_text_in_memory(value.type):
                return Value(STRING, read_string(self._context, value), at)
            return Value(STRING, text(self._context, value, "the operand of `(string)`"), at)
        if isinstance(kind, VoidType):
            return Value(VOID, value.node, at)
        if not is_number(kind):
            message = f"cannot cast to {kind}"
            self._context.report("E621", expression.type.at, message, expected="an integer, a pointer or string")
            return nothing(at)
        return Value(kind, number(self._context, value, f"the operand of a cast to {kind}"), at)

    def _sizeof(self, expression: SizeOf) -> Value:
        operand, at = expression.operand, expression.at
        kind: Type = self.types.named_type(operand) if isinstance(operand, TypeName) else self.value(operand).type
        if isinstance(kind, StructType) and not kind.complete():
            self._context.undefined(kind, operand.at)
        elif not isinstance(kind, WrongType) and not is_number(kind) and not isinstance(kind, StructType):
            self._context.report("E621", operand.at, f"{kind} has no size", expected="a type of guest memory")
        return Value(INT64, Number(size_of(kind), at), at)

    # --- stores ---

    def _insert(self, expression: Insert) -> Value:
        """`target <- value` and `target++`."""
        at, target = expression.at, expression.target
        base = target.base if isinstance(target, Index) else target
        keys = [self.value(index) for index in target.indices] if isinstance(target, Index) else []
        value = Number(1, at) if expression.value is None else self.number(expression.value, "the value of `<-`")
        if not isinstance(base, Name):
            expected = "an aggregate or a bag"
            self._context.report("E623", target.at, "`<-` and `++` need an aggregate or a bag", expected=expected)
            return nothing(at)
        variable = self.names.store(base, keys)
        if isinstance(variable.type, BagType):
            return self._bag_insert(expression, base, keys, value)
        if not isinstance(variable.type, AggregateType):
            if not isinstance(variable.type, WrongType):
                notes = (f"write `{base.name} = {base.name} + 1` to count in a variable",)
                message = f"`{base.name}` is of type {variable.type}"
                self._context.report("E623", target.at, message, expected="an aggregate or a bag",
                                     notes=notes if expression.value is None else ())  # fmt: skip
            return nothing(at)
        return self._aggregate(variable.type, Word(variable.vp_name, base.at), keys, value, expression)

    def _aggregate(
        self, kind: AggregateType, target: Word, keys: list[Value], value: Node, expression: Insert
    ) -> Value:
        integers, strings = self.keys(keys)
        if (len(integers), len(strings)) != (kind.integer_keys, kind.string_keys):
            wanted = f"{_keys(kind.integer_keys, 'integer')} and {_keys(kind.string_keys, 'string')}"
            given = f"{_keys(len(integers), 'integer')} and {_keys(len(strings), 'string')}"
            message = f"the aggregate takes {wanted}; {given} given"
            self._context.report("E622", expression.target.at, message, expected=wanted)
            return nothing(expression.at)
        return Value(INT64, Aggr(target.text, tuple(integers), tuple(strings), value, expression.at), expression.at)

    def keys(self, keys: list[Value]) -> tuple[list[Node], list[Node]]:
        """The keys of an aggregate, integers and strings apart."""
        integers, strings = [], []
        for key in keys:
            if isinstance(key.type, StringType) or is_text_in_memory(key.type):
                strings.append(text(self._context, key, "a key"))
            else:
                integers.append(number(self._context, key, "a key"))
        return integers, strings

    def _bag_insert(self, expression: Insert, base: Name, keys: list[Value], value: Node) -> Value:
        at = expression.at
        if expression.value is None:
            self._context.report("E623", at, "`++` does not work on bags", expected=f"`{base.name}[key] <- value`")
        if len(keys) != 1:
            self._context.report(
                "E622", expression.target.at, f"a bag takes 1 key; {len(keys)} given", expected="1 key"
            )
            return nothing(at)
        bag = Word(self.names.store(base, keys).vp_name, base.at)
        return Value(INT64, Form("baginsert", (bag, number(self._context, keys[0], "the key of a bag"), value), at), at)

    def _index(self, expression: Index) -> Value:
        base, at = expression.base, expression.at
        variable = self.names.find_store(base) if isinstance(base, Name) else None
        if variable is not None and isinstance(base, Name):
            if isinstance(variable.type, AggregateType):
                expected = f"`logaggr({base.name})` to print it"
                self._context.report("E625", at, f"aggregate `{base.name}` cannot be read", expected=expected)
                return nothing(at)
            if len(expression.indices) != 1:
                self._context.report(
                    "E622", at, f"a bag takes 1 key; {len(expression.indices)} given", expected="1 key"
                )
                return nothing(at)
            key = self.number(expression.indices[0], "the key of a bag")
            return Value(INT64, Form("bagremove", (Word(variable.vp_name, base.at), key), at), at)
        value, indices = self.value(base), [self.value(one) for one in expression.indices]
        kind = decayed(value.type)
        if not isinstance(kind, PointerType) or len(indices) != 1 or isinstance(kind.target, VoidType):
            if not isinstance(kind, WrongType):
                message = f"cannot index {value.type} with {_keys(len(indices), '')}".replace("  ", " ")
                expected = "a pointer or an array with one index, or a bag with one key"
                self._context.report("E621", at, message, expected=expected)
            return nothing(at)
        place = self.operation("+", Value(kind, value.node, value.at), indices[0], at)
        return in_memory(kind.target, place.node, at)

    def _member(self, expression: Member) -> Value:
        value, at = self.value(expression.base), expression.at
        kind = decayed(value.type)
        structure = kind.target if isinstance(kind, PointerType) and expression.arrow else kind
        if not isinstance(structure, StructType) or (expression.arrow and isinstance(kind, StructType)):
            self._no_structure(expression, value)
            return nothing(at)
        if not structure.complete():
            self._context.undefined(structure, expression.base.at)
            return nothing(at)
        field = structure.fields.get(expression.field.name)
        if field is None:
            name = expression.field
            message = f"{structure} has no member `{name.name}`"
            self._context.report("E624", name.at, message, expected="one of its members",
                                 near=(name.name, structure.fields))  # fmt: skip
            return nothing(at)
        return in_memory(field.type, binary("+", value.node, Number(field.offset, at), at), at, field)

    def _no_structure(self, expression: Member, value: Value) -> None:
        kind = decayed(value.type)
        if isinstance(kind, WrongType):
            return
        op = "->" if expression.arrow else "."
        expected = "a pointer to a structure" if expression.arrow else "a structure"
        other = isinstance(kind, StructType) if expression.arrow else isinstance(kind, PointerType)
        notes = (f"write `{'.' if expression.arrow else '->'}{expression.field.name}`",) if other else ()
        message = f"the left side of `{op}` is of type {value.type}"
        self._context.report("E621", expression.base.at, message, expected=expected, notes=notes)


def _keys(number: int, kind: str) -> str:
    return f"{number} {kind}{' ' if kind else ''}key{'' if number == 1 else 's'}"
