# SPDX-License-Identifier: GPL-2.0-or-later
"""`for` with constant bounds: VP has no loops, so the body is written out once for each turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.emmett.analysis.context import Context
from engine.emmett.analysis.folding import constant
from engine.emmett.analysis.nodes import MASK, Aggr, Cond, Form, Node, Number, Word, sequence
from engine.emmett.analysis.symbols import Variable
from engine.emmett.syntax.ast import Assign, Binary, Declaration, Evaluate, Expr, For, Insert, Integer, Name
from engine.emmett.syntax.location import Location

if TYPE_CHECKING:
    from engine.emmett.analysis.statements import Statements

MOST_TURNS = 1024
"""Of a loop and the loops inside of it together."""
_RELATIONS: Mapping[str, Callable[[int, int], bool]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "!=": lambda a, b: a != b,
}  # fmt: skip
_EXPECTED = "`for (i = FIRST; i < LAST; i += STEP)` with constant FIRST, LAST and STEP"


@dataclass(frozen=True, slots=True)
class _Bounds:
    """The values a loop's variable takes."""

    first: int
    relation: str
    last: int
    step: int

    def values(self) -> Iterator[int]:
        """Those for which the body runs, and at last the one for which it does not."""
        value = self.first
        while _RELATIONS[self.relation](value, self.last):
            yield value
            value = value + self.step & MASK
        yield value


class Loops:
    """Writes the loops of one program out."""

    def __init__(self, context: Context, statements: Statements) -> None:
        self._context = context
        self._statements = statements
        self._turns = 1
        """how often the innermost loop around what is analysed runs"""
        self._written: list[tuple[Variable, Node, Location]] = []
        """loops that were written out: variable, body, place"""

    def unrolled(self, loop: For) -> Node | None:
        """All turns of a loop, one after the other."""
        variable = self._variable(loop)
        bounds = None if variable is None else self._bounds(loop, variable)
        values = [] if bounds is None else self._values(loop, bounds)
        before, self._turns = self._turns, self._turns * max(1, len(values))
        body = self._statements.statement(loop.body)
        self._turns = before
        if variable is None or not values:
            return None
        self._written.append((variable, body, loop.start.at))
        at = loop.start.at
        parts: list[Node] = []
        for value in values:
            parts += [Form("setint", (Word(variable.vp_name, at), Number(value, at)), at), body]
        return sequence(parts[:-1], loop.at)

    def check(self) -> None:
        """Report loops whose variable is assigned in their bodies, or in functions called there."""
        bodies = {row.vp_name: row.body for row in self._context.symbols.functions.values() if row.body is not None}
        for variable, body, at in self._written:
            waiting, seen = [body], set[str]()
            while waiting:
                for form in _forms(waiting.pop()):
                    if form.head in bodies and form.head not in seen:
                        seen.add(form.head)
                        waiting.append(bodies[form.head])
                    elif form.head == "setint" and form.parts[0] == Word(variable.vp_name, form.parts[0].at):
                        where = form.at if form.at.source is at.source else at
                        message = f"`{variable.name}` is assigned while the loop runs"
                        self._context.report("E629", where, message, expected=_EXPECTED)

    def _refuse(self, at: Location, message: str) -> None:
        self._context.report("E629", at, message, expected=_EXPECTED, notes=("VP has no loops: this one is unrolled",))

    def _values(self, loop: For, bounds: _Bounds) -> list[int]:
        values: list[int] = []
        for value in bounds.values():
            values.append(value)
            if len(values) * self._turns > MOST_TURNS:
                message = f"the loop has more than {MOST_TURNS} turns, those of the loops around it counted"
                self._refuse(loop.condition.at, message)
                return []
        return values

    # --- its head ---

    def _variable(self, loop: For) -> Variable | None:
        start = loop.start
        if isinstance(start, Declaration):
            base = self._statements.expressions.types.base(start.specifiers)
            declarator, initial = start.items[0]
            return self._statements.local(base, declarator, initial)
        if isinstance(start, Assign) and start.op == "=" and isinstance(start.target, Name):
            self._statements.statement(Evaluate(start, start.at))
            return self._context.find(start.target.name)
        self._refuse(start.at, "the loop does not begin with an assignment")
        return None

    def _bounds(self, loop: For, variable: Variable) -> _Bounds | None:
        start = loop.start.items[0][1] if isinstance(loop.start, Declaration) else loop.start
        first = start.value if isinstance(start, Assign) else start
        condition, step = loop.condition, self._step(loop.step, variable)
        if not isinstance(condition, Binary) or condition.op not in _RELATIONS or not _is(condition.left, variable):
            self._refuse(condition.at, f"the condition does not compare `{variable.name}` with a constant")
        elif step is None:
            self._refuse(loop.step.at, f"the loop does not end with a step of `{variable.name}`")
        elif first is None:
            self._refuse(loop.start.at, f"`{variable.name}` has no first value")
        else:
            numbers = [self._constant(one) for one in (first, condition.right, step[1])]
            known = [number for number in numbers if number is not None]
            if len(known) == len(numbers):
                return _Bounds(known[0], condition.op, known[1], step[0] * known[2])
        return None

    def _constant(self, expression: Expr) -> int | None:
        found = constant(self._statements.expressions.number(expression, "a bound of the loop"))
        if found is None:
            self._refuse(expression.at, "this bound of the loop is not constant")
        return found

    def _step(self, step: Expr, variable: Variable) -> tuple[int, Expr] | None:
        """Direction and size of `i += 1`, `i -= 1`, `i = i + 1`, `i++` and `i--`."""
        match step:
            case Insert(target, None, at) if _is(target, variable):
                return 1, Integer(1, at)
            case Assign(target, op, value) if _is(target, variable) and op in ("+=", "-="):
                return (1 if op == "+=" else -1), value
            case Assign(target, "=", Binary(op, left, right)) if (
                _is(target, variable) and _is(left, variable) and op in ("+", "-")
            ):
                return (1 if op == "+" else -1), right
            case _:
                return None


def _is(expression: Expr, variable: Variable) -> bool:
    return isinstance(expression, Name) and expression.name == variable.name


def _forms(node: Node) -> Iterator[Form]:
    """All forms of an expression."""
    waiting = [node]
    while waiting:
        match waiting.pop():
            case Form() as form:
                yield form
                waiting += form.parts
            case Cond(pairs):
                waiting += [part for pair in pairs for part in pair]
            case Aggr() as insert:
                waiting += [*insert.integers, *insert.strings, insert.value]
            case _:
                pass
