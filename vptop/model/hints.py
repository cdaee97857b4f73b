# SPDX-License-Identifier: GPL-2.0-or-later
"""View hints: comments in which a script says how its aggregates are to be shown, and what is wrong with them.

The language ignores them (`//` or `/* */` in Emmett):

    ; @view disk_lat as=hist unit=us keys=bucket,process sort=-count

`as` is top, hist, stacks or table; `unit` names the unit of values (and of buckets); `keys` names the keys in order,
integers first, each optionally with `:hex`, `:dec` or `:sym`; rows are summed over those with `-` before the name until
the person asks for them, as in `keys=-page:hex,process`; `pid`, `parent` and `process` name those that tell a process
from others; `sort` names a column, `-` for descending; `steps` is the number of buckets to an octave of a histogram (1:
powers of two); `warn` gives thresholds, as in `warn=avg>500,max>=10000`: rows for which one holds are marked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass

from engine.vp.diagnostics.nearest import nearest
from engine.vp.editing.tokens import Token, TokenKind
from vptop.model.filterexpr import Comparison, comparison

KINDS = ("top", "hist", "stacks", "table")
FORMS = ("hex", "dec", "sym")
STEPS = ("1", "2", "4", "8", "16")
COLUMNS = ("rate", "count", "cnt", "avg", "min", "max", "latest", "last", "delta")
THRESHOLDS = ("rate", "count", "avg", "min", "max", "latest")
"""Columns that `warn` may compare; `cnt` and `last` are other names of two of them, as in filters."""
HINT = "view"
_HINT = re.compile(r"[;/*#]+[ \t]*@(?P<hint>[\w-]+)(?:[ \t]+(?P<name>\S+)(?P<options>.*))?")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class KeyHint:
    """Name and number format (`hex`, `dec`, `sym` or empty) of one key."""

    label: str
    form: str = ""
    hidden: bool = False
    """rows are summed over it until the person asks for it"""


@dataclass(frozen=True, slots=True)
class ViewHint:
    """How a script wants one aggregate to be shown; empty fields leave the choice to the dashboard."""

    kind: str = ""
    unit: str = ""
    keys: tuple[KeyHint, ...] = ()
    sort: str = ""
    steps: int = 0
    """buckets in an octave of a histogram; 0: not said"""
    warn: tuple[Comparison, ...] = ()
    """thresholds: rows for which one holds are marked"""

    @property
    def hidden(self) -> frozenset[int]:
        """The key columns that rows are summed over until the person asks for them, integers first."""
        return frozenset(at for at, key in enumerate(self.keys) if key.hidden)


@dataclass(frozen=True, slots=True)
class HintProblem:
    """What is wrong with a hint. Lines and columns count from 1, the end is exclusive."""

    line: int
    column: int
    end_column: int
    message: str
    expected: str
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    line: int
    column: int

    def problem(self, message: str, expected: str, known: Iterable[str] = (), part: str = "") -> HintProblem:
        """A problem with this word, or with a part of it."""
        at = self.text.rindex(part) if part else 0
        size = len(part or self.text)
        near = nearest(part, known) if part else ()
        return HintProblem(self.line, self.column + at, self.column + at + size, message, expected, near)


def read_hints(tokens: Iterable[Token]) -> dict[str, ViewHint]:
    """The hints in the comments of a script, by aggregate; what is wrong in one counts as not said."""
    return {name.text: _hint(options) for hint, name, options in _comments(tokens) if hint.text == HINT and name.text}


def hint_problems(tokens: Iterable[Token], aggregates: Iterable[str]) -> list[HintProblem]:
    """What is wrong with the hints of a script.

    Args:
        tokens: of the script.
        aggregates: those that it defines.
    """
    known = set(aggregates)
    found: list[HintProblem] = []
    for hint, name, options in _comments(tokens):
        if hint.text != HINT:
            found += _misspelt(hint, name, options, known)
            continue
        if not name.text:
            found.append(
                HintProblem(name.line, name.column - 1, name.column + 4, "`@view` names no aggregate", "a name")
            )
            continue
        if name.text not in known:
            found.append(name.problem(f"no aggregate `{name.text}`", "an aggregate of this script", known, name.text))
        for word in options:
            found += _problems(word)
    return found


def _misspelt(hint: _Word, name: _Word, options: Iterable[_Word], aggregates: Container[str]) -> Iterator[HintProblem]:
    """The name of a hint, if that is what is meant: other comments may begin with `@`, too."""
    is_near = bool(nearest(hint.text, [HINT])) and name.text in aggregates
    if is_near or any(_option(word) in _CHECKS for word in (name, *options)):
        yield HintProblem(
            hint.line, hint.column, hint.column + len(hint.text), f"unknown hint `@{hint.text}`", f"`@{HINT}`", (HINT,)
        )


def _option(word: _Word) -> str:
    """The option that a word gives a value; empty: none."""
    option, equals, _ = word.text.partition("=")
    return option if equals else ""


def _problems(word: _Word) -> Iterator[HintProblem]:
    option, equals, value = word.text.partition("=")
    check = _CHECKS.get(option)
    if check is None:
        yield word.problem(f"unknown option `{option}` in a view hint", _listed(_CHECKS), _CHECKS, option)
    elif not equals or not value:
        yield word.problem(f"`{option}` has no value", f"`{option}=` and a value")
    else:
        yield from check(word, value)


def _one_of(known: tuple[str, ...]) -> Callable[[_Word, str], Iterator[HintProblem]]:
    def check(word: _Word, value: str) -> Iterator[HintProblem]:
        if value not in known:
            yield word.problem(f"invalid value `{value}`", _listed(known), known, value)

    return check


def _any(*_: object) -> Iterator[HintProblem]:
    return iter(())


def _keys(word: _Word, value: str) -> Iterator[HintProblem]:
    for key in value.split(","):
        _, colon, form = key.partition(":")
        if colon and form not in FORMS:
            yield word.problem(f"invalid number format `{form}`", _listed(FORMS), FORMS, form)


def _sort(word: _Word, value: str) -> Iterator[HintProblem]:
    column = value.lstrip("-")
    if column not in COLUMNS and not re.fullmatch(r"key\d", column):
        expected = f"{_listed(COLUMNS)}, or `key0`, `key1`, ..."
        yield word.problem(f"unknown column `{column}`", expected, COLUMNS, column)


def _warn(word: _Word, value: str) -> Iterator[HintProblem]:
    for threshold in value.split(","):
        found = comparison(threshold)
        if found is None or found.unit:
            expected = "a column, one of `<`, `<=`, `>`, `>=`, `=`, `!=`, and a number, as in `avg>500`"
            yield word.problem(f"invalid threshold `{threshold}`", expected, part=threshold)
        elif found.field not in THRESHOLDS:
            column = re.match(r"[a-z/]*", threshold.lower())
            part = threshold[: column.end()] if column else threshold
            yield word.problem(f"unknown column `{part}`", _listed(THRESHOLDS), THRESHOLDS, part)


_CHECKS: dict[str, Callable[[_Word, str], Iterator[HintProblem]]] = {
    "as": _one_of(KINDS),
    "unit": _any,
    "keys": _keys,
    "sort": _sort,
    "steps": _one_of(STEPS),
    "warn": _warn,
}
"""Options of a hint and what checks their values."""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _comments(tokens: Iterable[Token]) -> Iterator[tuple[_Word, _Word, list[_Word]]]:
    """The words of comments that begin with `@`: this one, the name behind it, or an empty one there, and options."""
    for token in tokens:
        text = token.text.removesuffix("*/")
        match = _HINT.match(text) if token.kind is TokenKind.COMMENT else None
        if match is None:
            continue
        hint = _Word(match["hint"], token.line, token.column + match.start("hint"))
        if match["name"] is None:
            yield hint, _Word("", token.line, hint.column), []
            continue
        name = _Word(match["name"], token.line, token.column + match.start("name"))
        at = token.column + match.start("options")
        yield hint, name, [_Word(word[0], token.line, at + word.start()) for word in _WORD.finditer(match["options"])]


def _key(word: str) -> KeyHint:
    label, _, form = word.partition(":")
    return KeyHint(label.removeprefix("-"), form, hidden=label.startswith("-"))


def _hint(options: Iterable[_Word]) -> ViewHint:
    given = dict(word.text.split("=", 1) for word in options if "=" in word.text)
    keys = tuple(map(_key, filter(None, given.get("keys", "").split(","))))
    steps = given.get("steps", "")
    tests = map(comparison, given.get("warn", "").split(","))
    return ViewHint(
        given.get("as", ""),
        given.get("unit", ""),
        keys,
        given.get("sort", ""),
        int(steps) if steps in STEPS else 0,
        tuple(test for test in tests if test is not None and not test.unit and test.field in THRESHOLDS),
    )
