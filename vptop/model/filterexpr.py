# SPDX-License-Identifier: GPL-2.0-or-later
"""Filters as they are typed.

All words are required; `a|b` is either; `!word` is without; `re:pattern` is a regular expression up to the end of the
word; `cnt>100`, `avg>=1.5k` compare a number. Upper and lower case match each other. Patterns are matched by RE2 in
time linear to the text, so that no pattern can block the screen; it has no backreferences and no lookaround.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import re2

from engine.errors import InputError
from engine.vp.diagnostics.nearest import nearest

Numbers = Mapping[str, float]

_COMPARE = re.compile(r"(?P<field>[a-z/]+)(?P<op><=|>=|!=|<|>|=)(?P<number>-?\d+(?:\.\d+)?)(?P<scale>[kmg]?)")
_BEGINS = re.compile(r"(?P<field>[a-z/]+)(?P<op><=|>=|!=|<|>|=)(?P<number>.*)")
SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}
"""Letters behind a number."""
OPERATORS: dict[str, Callable[[Any, float], Any]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
"""They also compare numpy arrays with a number, element by element."""
FIELDS = ("count", "rate", "avg", "min", "max", "latest", "share", "errors", "cost", "own")
"""Columns of numbers that some panel has."""
_SAME_FIELD = {"cnt": "count", "last": "latest", "cnt/s": "rate", "hits": "rate"}


class FilterError(InputError):
    """The expression cannot be understood. Correct it as the message says."""


@dataclass(frozen=True, slots=True)
class Words:
    """True of a text that holds any of these, in lower case."""

    choices: tuple[str, ...]

    def matches(self, text: str) -> bool:
        """Whether the text holds one."""
        lower = text.lower()
        return any(choice in lower for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Pattern:
    """True of a text in which a regular expression matches somewhere."""

    source: str
    search: Callable[[str], object]

    def matches(self, text: str) -> bool:
        """Whether it does."""
        return self.search(text) is not None


@dataclass(frozen=True, slots=True)
class Comparison:
    """True of a row that has such a number and it compares so."""

    field: str
    operator: str
    number: float

    def holds(self, number: float) -> bool:
        """Whether a number compares so."""
        return bool(OPERATORS[self.operator](number, self.number))


def comparison(word: str) -> Comparison | None:
    """The comparison that a word such as `avg>=1000` is; None: it is none."""
    match = _COMPARE.fullmatch(word.lower())
    if match is None:
        return None
    name = _SAME_FIELD.get(match["field"], match["field"])
    return Comparison(name, match["op"], float(match["number"]) * SCALES[match["scale"]])


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a filter."""

    test: Words | Pattern | Comparison
    negated: bool = False

    def __call__(self, text: str, numbers: Numbers) -> bool:
        """Whether a row with this text and these numbers passes."""
        test = self.test
        if isinstance(test, Comparison):
            passes = test.field in numbers and test.holds(numbers[test.field])
        else:
            passes = test.matches(text)
        return passes is not self.negated


@dataclass(frozen=True)
class Filter:
    """A compiled filter; the empty one lets everything through."""

    text: str = ""
    terms: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __call__(self, text: str, numbers: Numbers) -> bool:
        """True when a row with this text and these numbers is to be shown."""
        return all(term(text, numbers) for term in self.terms)


NO_FILTER = Filter()


def parse(text: str) -> Filter:
    """Compile a filter.

    Raises:
        FilterError: a regular expression is malformed, or uses what RE2 does not have; or a comparison has no number,
            or no column that exists.
    """
    return Filter(text.strip(), tuple(_term(word) for word in text.split()))


def _term(word: str) -> Term:
    if word.startswith("!") and len(word) > 1:
        inner = _term(word[1:])
        return Term(inner.test, not inner.negated)
    if word.startswith("re:"):
        return Term(_pattern(word.removeprefix("re:")))
    if test := comparison(word):
        if test.field not in FIELDS:
            near = nearest(test.field, [*FIELDS, *_SAME_FIELD])
            expected = f"did you mean `{near[0]}`?" if near else f"expected {', '.join(FIELDS)}"
            raise FilterError(f"unknown column in `{word}`; {expected}")
        return Term(test)
    begun = _BEGINS.fullmatch(word.lower())
    if begun is not None and _SAME_FIELD.get(begun["field"], begun["field"]) in FIELDS:
        raise FilterError(f"`{word}`: found `{begun['number']}`, expected a number such as 1000 or 1.5k")
    return Term(Words(tuple(choice.lower() for choice in word.split("|") if choice)))


def _pattern(source: str) -> Pattern:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    try:
        return Pattern(source, re2.compile(source, options).search)
    except re2.error as error:
        why = error.args[0].decode("utf-8", "replace") if error.args else "invalid"
        raise FilterError(f"invalid pattern `{source}`: {why}") from error
