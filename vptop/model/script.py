# SPDX-License-Identifier: GPL-2.0-or-later
"""Facts about a script that the dashboard uses: how its aggregates are fed and shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.probes.languages import language_of
from engine.vp import parse
from engine.vp.diagnostics.diagnostic import Diagnostic, Fix, Severity, Span
from engine.vp.syntax.ast import Aggr, Call, DefAggr, Defun, Expr, Vprobe
from engine.vp.syntax.walk import walk
from engine.vp.tables.probes import canonical_name
from vptop.model.hints import ViewHint, hint_problems, read_hints

HINT_CODE = "W901"
"""The code of a warning about a view hint."""


@dataclass(frozen=True)
class ScriptFacts:
    """Which probes feed each aggregate of a script, and its view hints by aggregate."""

    fed_by: dict[str, frozenset[str]] = field(default_factory=dict)
    views: dict[str, ViewHint] = field(default_factory=dict)
    defined: frozenset[str] = frozenset()
    """every aggregate that the script defines"""


def read_script(source: str, name: str = "") -> ScriptFacts:
    """The facts of a script in the language of its file name; of VP with errors, those of the readable forms."""
    language = language_of(name)
    translation = language.translate(source, name)
    if translation is None:
        return ScriptFacts(views=read_hints(language.tokens(source)))
    script, _ = parse(translation.text)
    functions = {form.name.name: form for form in script.forms if isinstance(form, Defun)}
    fed: dict[str, set[str]] = {}
    for form in script.forms:
        if not isinstance(form, Vprobe | Defun):
            continue
        for expression in _reached(form, functions):
            if isinstance(expression, Aggr) and isinstance(form, Vprobe):
                point = canonical_name(form.point.name)
                fed.setdefault(translation.written(expression.target.name), set()).add(point)
    defined = {translation.written(form.name.name) for form in script.forms if isinstance(form, DefAggr)}
    feeding = {aggregate: frozenset(probes) for aggregate, probes in fed.items()}
    views = read_hints(language.tokens(source))
    return ScriptFacts(feeding, views, frozenset(defined))


def hint_diagnostics(source: str, name: str = "", facts: ScriptFacts | None = None) -> list[Diagnostic]:
    """What is wrong with the view hints of a script, as warnings: the language itself ignores them.

    Args:
        source: the script.
        name: of its file.
        facts: of the script, if they are known.
    """
    lines = source.splitlines()
    found = []
    facts = facts or read_script(source, name)
    for problem in hint_problems(language_of(name).tokens(source), facts.defined):
        span = Span(problem.line, problem.column, problem.line, problem.end_column)
        near = problem.suggestions[:1]
        found.append(
            Diagnostic(
                HINT_CODE,
                Severity.WARNING,
                problem.message,
                name,
                span,
                lines[problem.line - 1] if problem.line <= len(lines) else "",
                problem.expected,
                problem.suggestions,
                fix=Fix(span, near[0], f"write {near[0]}") if near else None,
            )
        )
    return found


def _reached(form: Vprobe | Defun, functions: dict[str, Defun]) -> list[Expr]:
    """All expressions of a body and of the functions that it calls, directly or not."""
    found: list[Expr] = []
    called: set[str] = set()
    waiting = [form]
    while waiting:
        for expression in walk(waiting.pop().body):
            found.append(expression)
            if isinstance(expression, Call) and expression.function.name in functions.keys() - called:
                called.add(expression.function.name)
                waiting.append(functions[expression.function.name])
    return found
