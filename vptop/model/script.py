# SPDX-License-Identifier: GPL-2.0-or-later
"""Facts about a script that the dashboard uses: how its aggregates are fed, cleared and shown.

A comment may say how to show an aggregate; the language ignores it (`//` or `/* */` in Emmett):

    ; @view disk_lat as=hist unit=us keys=bucket,process sort=-count

`as` is top, hist, stacks or table; `unit` names the unit of values (and of buckets); `keys` names the keys in order,
integers first, each optionally with `:hex`, `:dec` or `:sym`; `sort` names a column, `-` for descending; `steps`
is the number of buckets to an octave of a histogram (1: powers of two).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.probes.languages import language_of
from engine.vp import parse
from engine.vp.editing.tokens import Token, TokenKind
from engine.vp.syntax.ast import Aggr, AggregateCommand, Call, Defun, Expr, Vprobe
from engine.vp.syntax.walk import walk
from engine.vp.tables.probes import canonical_name

_HINT = re.compile(r"[;/*#]+[ \t]*@view[ \t]+(?P<name>\S+)(?P<options>.*)")


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
    steps: int = 0
    """buckets in an octave of a histogram; 0: not said"""


@dataclass(frozen=True)
class ScriptFacts:
    """Which aggregates a script clears, which probes feed each, and its view hints by aggregate."""

    cleared: frozenset[str] = frozenset()
    fed_by: dict[str, frozenset[str]] = field(default_factory=dict)
    views: dict[str, ViewHint] = field(default_factory=dict)


def read_script(source: str, name: str = "") -> ScriptFacts:
    """The facts of a script in the language of its file name; of VP with errors, those of the readable forms."""
    language = language_of(name)
    translation = language.translate(source, name)
    if translation is None:
        return ScriptFacts(views=_hints(language.tokens(source)))
    script, _ = parse(translation.text)
    functions = {form.name.name: form for form in script.forms if isinstance(form, Defun)}
    cleared: set[str] = set()
    fed: dict[str, set[str]] = {}
    for form in script.forms:
        if not isinstance(form, Vprobe | Defun):
            continue
        for expression in _reached(form, functions):
            if isinstance(expression, AggregateCommand) and expression.clear:
                cleared.add(translation.written(expression.target.name))
            elif isinstance(expression, Aggr) and isinstance(form, Vprobe):
                point = canonical_name(form.point.name)
                fed.setdefault(translation.written(expression.target.name), set()).add(point)
    feeding = {aggregate: frozenset(probes) for aggregate, probes in fed.items()}
    return ScriptFacts(frozenset(cleared), feeding, _hints(language.tokens(source)))


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


def _hints(tokens: Iterable[Token]) -> dict[str, ViewHint]:
    comments = (token.text.removesuffix("*/") for token in tokens if token.kind is TokenKind.COMMENT)
    matches = (match for comment in comments if (match := _HINT.match(comment)))
    return {match["name"]: _hint(match["options"]) for match in matches}


def _hint(options: str) -> ViewHint:
    given = dict(word.split("=", 1) for word in options.split() if "=" in word)
    keys = tuple(
        KeyHint(*(word.split(":", 1) if ":" in word else (word,))) for word in given.get("keys", "").split(",") if word
    )
    steps = given.get("steps", "")
    return ViewHint(
        given.get("as", ""), given.get("unit", ""), keys, given.get("sort", ""), int(steps) if steps.isdecimal() else 0
    )
