# SPDX-License-Identifier: GPL-2.0-or-later
"""Nested lists to the syntax tree of expressions."""

from __future__ import annotations

from collections.abc import Callable

from engine.vp.diagnostics.diagnostic import Fix
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
    Name,
    Set,
    String,
    Try,
)
from engine.vp.syntax.literals import string_value
from engine.vp.syntax.reader import Atom, Group, Node
from engine.vp.syntax.shapes import ShapeError, Shapes, enclosing, is_known_form
from engine.vp.tables.forms import SPECIALS


class Expressions:
    """Builds the expressions of one source text. What has the wrong shape becomes a Broken node."""

    def __init__(self, shapes: Shapes, note_broken: Callable[[Group], None]) -> None:
        self._shapes = shapes
        self._note_broken = note_broken
        self._rules: dict[str, Callable[[Group, list[Node]], Expr]] = {
            "setint": lambda g, p: self._set(g, p, string=False),
            "setstr": lambda g, p: self._set(g, p, string=True),
            "cond": self._cond,
            "try": self._try,
            "do": lambda g, p: Do(tuple(self.expression(part) for part in p), g.span),
            "aggr": self._aggr,
            "logaggr": lambda g, p: self._command(g, p, clear=False),
            "clearaggr": lambda g, p: self._command(g, p, clear=True),
            "baginsert": self._baginsert,
            "bagremove": self._bagremove,
        }

    def body(self, group: Group, parts: list[Node]) -> tuple[Expr, ...]:
        """The expressions of a body, of which there must be one."""
        if not parts:
            raise self._shapes.wrong(group, "empty body")
        return tuple(self.expression(part) for part in parts)

    def expression(self, node: Node) -> Expr:
        """Any expression."""
        if isinstance(node, Atom):
            return self._atom(node)
        try:
            return self._form(node)
        except ShapeError:  # raised before any part of the form was read
            return Broken(tuple(self.expression(item) for item in node.items[1:] if is_known_form(item)), node.span)

    def _atom(self, atom: Atom) -> Expr:
        if atom.type == "INTEGER":
            return self._shapes.number(atom)
        if atom.type == "STRING":
            return String(string_value(atom.text), atom.span)
        return Name(atom.text, atom.span)

    def _form(self, node: Group) -> Expr:
        if not node.items:
            raise self._shapes.wrong(node, "empty form")
        head = node.items[0]
        if not isinstance(head, Atom) or head.type != "NAME":
            fix = _separated_sign(head)
            raise self._shapes.wrong(node, "expected the name of a function", head.span, (), fix)
        special = SPECIALS.get(head.text)
        if special is not None and special.top_level:
            self._note_broken(node)
            message = f"{head.text} is only allowed at top level"
            self._shapes.findings.add("E109", self._shapes.source, node.span, message, expected="an expression")
            raise ShapeError
        build = self._rules.get(head.text)
        if build is not None:
            return build(node, list(node.items[1:]))
        args = tuple(self.expression(item) for item in node.items[1:])
        return Call(Name(head.text, head.span), args, node.span)

    def _set(self, group: Group, parts: list[Node], *, string: bool) -> Set:
        target, value = self._shapes.exactly(group, parts, 2)
        return Set(string, self._shapes.name(group, target), self.expression(value), group.span)

    def _try(self, group: Group, parts: list[Node]) -> Try:
        body, handler = self._shapes.exactly(group, parts, 2)
        return Try(self.expression(body), self.expression(handler), group.span)

    def _aggr(self, group: Group, parts: list[Node]) -> Aggr:
        target, integers, strings, value = self._shapes.exactly(group, parts, 4)
        name = self._shapes.name(group, target)
        integer_keys = self._shapes.list(integers, "integer keys")
        string_keys = self._shapes.list(strings, "string keys")
        return Aggr(
            name,
            tuple(self.expression(item) for item in integer_keys.items),
            tuple(self.expression(item) for item in string_keys.items),
            self.expression(value),
            group.span,
        )

    def _command(self, group: Group, parts: list[Node], *, clear: bool) -> AggregateCommand:
        (target,) = self._shapes.exactly(group, parts, 1)
        return AggregateCommand(clear, self._shapes.name(group, target), group.span)

    def _baginsert(self, group: Group, parts: list[Node]) -> BagInsert:
        target, key, value = self._shapes.exactly(group, parts, 3)
        return BagInsert(self._shapes.name(group, target), self.expression(key), self.expression(value), group.span)

    def _bagremove(self, group: Group, parts: list[Node]) -> BagRemove:
        target, key = self._shapes.exactly(group, parts, 2)
        return BagRemove(self._shapes.name(group, target), self.expression(key), group.span)

    # --- cond ---

    def _cond(self, group: Group, parts: list[Node]) -> Cond:
        if not parts:
            raise self._shapes.wrong(group, "cond requires at least one pair")
        if len(parts) == 2 and all(isinstance(part, Atom) or is_known_form(part) for part in parts):
            return self._bare_pair(group, parts)
        return Cond(tuple(self._pair(part) for part in parts), group.span)

    def _bare_pair(self, group: Group, parts: list[Node]) -> Cond:
        """A condition and an expression without the parentheses around them."""
        span = enclosing(parts[0].span, parts[1].span)
        fix = Fix(span, f"({self._shapes.source.text_of(span)})", "add the parentheses")
        message = "missing parentheses around the condition and its expression"
        self._shapes.report(span, message, "(cond (CONDITION EXPRESSION) …)", fix=fix)
        return Cond(((self.expression(parts[0]), self.expression(parts[1])),), group.span)

    def _pair(self, part: Node) -> tuple[Expr, Expr]:
        """A condition and its expression; anything else is reported and read as what it may stand for."""
        expected = "a pair (CONDITION EXPRESSION)"
        if not isinstance(part, Group) or not part.items or is_known_form(part):
            self._shapes.report(part.span, "expected a condition and an expression in parentheses", expected)
            return Broken((), part.span), self.expression(part)
        condition = self.expression(part.items[0])
        if len(part.items) == 1:
            self._shapes.report(part.span, "missing expression after the condition", expected)
            return condition, Broken((), part.span)
        if len(part.items) > 2:
            span = enclosing(part.items[1].span, part.items[-1].span)
            fix = Fix(span, f"(do {self._shapes.source.text_of(span)})", "enclose them in (do …)")
            message = f"{len(part.items) - 1} expressions after the condition, only one is allowed"
            self._shapes.report(part.span, message, "(CONDITION (do EXPRESSION …))", fix=fix)
            return condition, Do(tuple(self.expression(item) for item in part.items[1:]), span)
        return condition, self.expression(part.items[1])


def _separated_sign(head: Node) -> Fix | None:
    """A fix for an operator that is attached to its first operand: `(+1 2)`."""
    if not isinstance(head, Atom) or head.type != "INTEGER" or head.text[0] not in "+-":
        return None
    sign = head.text[0]
    return Fix(head.span, f"{sign} {head.text[1:]}", f"insert a space after {sign}")
