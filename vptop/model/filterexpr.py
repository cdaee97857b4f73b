# SPDX-License-Identifier: GPL-2.0-or-later
"""Filters as they are typed.

All words are required; `a|b` is either; `!word` is without; `re:pattern` is a regular expression up to the end of the
word; `proc~name` looks into the key columns whose titles begin with `proc`; `cnt>100`, `avg>=1.5k` compare a number,
`max>2ms` one in a unit. Upper and lower case match each other. Patterns are matched by RE2 in
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
from vptop.model.units import UNITS, converted

Numbers = Mapping[str, float]

_COMPARE = re.compile(
    r"(?P<field>[a-z/]+)(?P<op><=|>=|!=|<|>|=)(?P<number>-?\d+(?:\.\d+)?)(?:(?P<scale>[kmg])|(?P<unit>\D+))?"
)
_BEGINS = re.compile(r"(?P<field>[a-z/]+)(?P<op><=|>=|!=|<|>|=)(?P<number>.*)")
_IN_COLUMN = re.compile(r"(?P<column>[a-z_]+)~(?P<text>.+)")
SCALES = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}
"""Letters behind a number."""
_UNIT_NAMES = {name.lower(): name for name in UNITS}
OPERATORS: dict[str, Callable[[Any, float], Any]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
"""They also compare numpy arrays with a number, element by element."""
VALUES = ("avg", "min", "max", "latest")
"""Columns of numbers that may have a unit."""
FIELDS = ("count", "rate", "avg", "min", "max", "latest", "share", "errors", "cost", "own")
"""Columns of numbers that some panel has."""
_SAME_FIELD = {"cnt": "count", "last": "latest", "cnt/s": "rate", "hits": "rate"}


class FilterError(InputError):
    """The expression cannot be understood. Correct it as the message says."""


@dataclass(frozen=True, slots=True)
class Words:
    """True of a text that holds any of these, in lower case."""

    choices: tuple[str, ...]
    column: str = ""
    """how the title of the key column begins, in lower case; empty: any column"""

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
    unit: str = ""
    """of the number; empty: that of the values it is compared with"""

    def in_unit(self, unit: str) -> Comparison:
        """The same for values of that unit; unchanged where that cannot be."""
        number = converted(self.number, self.unit, unit)
        return self if number is None else Comparison(self.field, self.operator, number)

    def holds(self, number: float) -> bool:
        """Whether a number, of the same unit, compares so."""
        return bool(OPERATORS[self.operator](number, self.number))


def comparison(word: str) -> Comparison | None:
    """The comparison that a word such as `avg>=1000` is; None: it is none."""
    match = _COMPARE.fullmatch(word.lower())
    if match is None:
        return None
    name = _SAME_FIELD.get(match["field"], match["field"])
    unit = _UNIT_NAMES.get(match["unit"] or "", "")
    if match["unit"] and (not unit or name not in VALUES):
        return None
    return Comparison(name, match["op"], float(match["number"]) * SCALES[match["scale"] or ""], unit)


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a filter."""

    test: Words | Pattern | Comparison
    negated: bool = False

    def __call__(self, text: str, numbers: Numbers) -> bool:
        """Whether a row with this text and these numbers passes."""
        test = self.test
        if isinstance(test, Comparison):
            passes = not test.unit and test.field in numbers and test.holds(numbers[test.field])
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

    @property
    def asks(self) -> bool:
        """Whether it has words that a row must have; else it only leaves rows out."""
        return any(not term.negated for term in self.terms)

    def wants(self, text: str) -> bool:
        """Whether a part of a row, such as a function of a stack, has all that a row must have."""
        return all(term(text, {}) for term in self.terms if not term.negated)

    def bars(self, text: str) -> bool:
        """Whether a part of a row has what no row may have."""
        return any(not term(text, {}) for term in self.terms if term.negated)

    @property
    def of_texts(self) -> Filter:
        """Its words and patterns alone."""
        return self._only(lambda test: not isinstance(test, Comparison))

    @property
    def of_numbers(self) -> Filter:
        """Its comparisons alone."""
        return self._only(lambda test: isinstance(test, Comparison))

    def _only(self, wanted: Callable[[Words | Pattern | Comparison], bool]) -> Filter:
        words = zip(self.text.split(), self.terms, strict=True)
        kept = [(word, term) for word, term in words if wanted(term.test)]
        return Filter(" ".join(word for word, _ in kept), tuple(term for _, term in kept))

    def in_unit(self, unit: str) -> Filter:
        """The same for values of that unit."""
        terms = (
            Term(term.test.in_unit(unit), term.negated) if isinstance(term.test, Comparison) else term
            for term in self.terms
        )
        return Filter(self.text, tuple(terms))


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
        values = _SAME_FIELD.get(begun["field"], begun["field"]) in VALUES
        expected = "a number such as 1000, 1.5k or 2ms" if values else "a number such as 1000 or 1.5k"
        raise FilterError(f"`{word}`: found `{begun['number']}`, expected {expected}")
    within = _IN_COLUMN.fullmatch(word.lower())
    column, text = (within["column"], within["text"]) if within else ("", word.lower())
    return Term(Words(tuple(choice for choice in text.split("|") if choice), column))


def _pattern(source: str) -> Pattern:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    try:
        return Pattern(source, re2.compile(source, options).search)
    except re2.error as error:
        why = error.args[0].decode("utf-8", "replace") if error.args else "invalid"
        raise FilterError(f"invalid pattern `{source}`: {why}") from error
