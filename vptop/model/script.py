# SPDX-License-Identifier: GPL-2.0-or-later
"""Facts about a VP script that the dashboard uses: how its aggregates are fed, cleared and shown.

A comment may say how to show an aggregate; the VP language ignores it:

    ; @view disk_lat as=hist unit=us keys=bucket,process sort=-count

`as` is top, hist, stacks or table; `unit` names the unit of values (and of buckets); `keys` names the keys in order,
integers first, each optionally with `:hex`, `:dec` or `:sym`; `sort` names a column, `-` for descending.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from engine.vp import parse
from engine.vp.editing.tokens import TokenKind, scan
from engine.vp.syntax.ast import Aggr, AggregateCommand, Call, Defun, Expr, Vprobe
from engine.vp.syntax.walk import walk
from engine.vp.tables.probes import canonical_name

_HINT = re.compile(r";+[ \t]*@view[ \t]+(?P<name>\S+)(?P<options>.*)")


@dataclass(frozen=True, slots=True)
class KeyHint:
    """Name and number format (`hex`, `dec`, `sym` or empty) of one key."""

    label: str
    form: str = ""


@dataclass(frozen=True, slots=True)
class ViewHint:
    """How a script wants one aggregate to be shown; empty fields leave the choice to the dashboard."""

    kind: str = ""
    unit: str = ""
    keys: tuple[KeyHint, ...] = ()
    sort: str = ""


@dataclass(frozen=True)
class ScriptFacts:
    """Which aggregates a script clears, which probes feed each, and its view hints by aggregate."""

    cleared: frozenset[str] = frozenset()
    fed_by: dict[str, frozenset[str]] = field(default_factory=dict)
    views: dict[str, ViewHint] = field(default_factory=dict)


def read_script(source: str) -> ScriptFacts:
    """The facts of a script; of a script with errors, those of the forms that can be read."""
    script, _ = parse(source)
    functions = {form.name.name: form for form in script.forms if isinstance(form, Defun)}
    cleared: set[str] = set()
    fed: dict[str, set[str]] = {}
    for form in script.forms:
        if not isinstance(form, Vprobe | Defun):
            continue
        for expression in _reached(form, functions):
            if isinstance(expression, AggregateCommand) and expression.clear:
                cleared.add(expression.target.name)
            elif isinstance(expression, Aggr) and isinstance(form, Vprobe):
                fed.setdefault(expression.target.name, set()).add(canonical_name(form.point.name))
    return ScriptFacts(frozenset(cleared), {name: frozenset(probes) for name, probes in fed.items()}, _hints(source))


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


def _hints(source: str) -> dict[str, ViewHint]:
    comments = (token.text for token in scan(source) if token.kind is TokenKind.COMMENT)
    matches = (match for comment in comments if (match := _HINT.match(comment)))
    return {match["name"]: _hint(match["options"]) for match in matches}


def _hint(options: str) -> ViewHint:
    given = dict(word.split("=", 1) for word in options.split() if "=" in word)
    keys = tuple(
        KeyHint(*(word.split(":", 1) if ":" in word else (word,))) for word in given.get("keys", "").split(",") if word
    )
    return ViewHint(given.get("as", ""), given.get("unit", ""), keys, given.get("sort", ""))
