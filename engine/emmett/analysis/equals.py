# SPDX-License-Identifier: GPL-2.0-or-later
"""`=` and `==`, one written for the other: either is a valid expression, so this is a warning."""

from __future__ import annotations

from engine.emmett.analysis.context import Context
from engine.emmett.syntax.ast import Assign, Binary, Expr, Name
from engine.emmett.syntax.location import Location
from engine.vp.diagnostics.diagnostic import Fix


def check_condition(context: Context, condition: Expr) -> None:
    """Warn about `=` in a condition, where a comparison is meant more often."""
    if isinstance(condition, Assign) and condition.op == "=":
        _warn(context, "W602", condition.target, condition.value, "=", "==", "assignment in a condition")


def check_effect(context: Context, expression: Expr) -> None:
    """Warn about a comparison whose result is not used, where an assignment is meant more often."""
    if isinstance(expression, Binary) and expression.op == "==":
        assignable = isinstance(expression.left, Name)
        _warn(context, "W603", expression.left, expression.right, "==", "=" if assignable else "",
              "the result of `==` is not used")  # fmt: skip


def _warn(context: Context, code: str, left: Expr, right: Expr, found: str, meant: str, message: str) -> None:
    """Warn at the operator between two expressions; without their own text, as in a macro, at the left one."""
    at, start = left.at, left.at.source.text.find(found, left.at.end)
    fix = None
    if right.at.source is at.source and at.end <= start < right.at.start:
        at = Location(at.source, start, start + len(found))
        fix = Fix(at.span, meant, f"write `{meant}`") if meant else None
    expected = f"`{meant}`" if meant else "an assignment, or nothing"
    notes = ("an assignment that is meant is written before the `if`",) if code == "W602" else ()
    context.findings.add(code, at.source, at.span, message, expected=expected, notes=notes, fix=fix)
