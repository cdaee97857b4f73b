# SPDX-License-Identifier: GPL-2.0-or-later
"""Filters as people type them.

Words are all required; `a|b` is either; `!word` is without; `re:pattern` is a regular expression up to the end of the
word; `cnt>100`, `avg>=1000` compare a number. Letters match in either case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.errors import InputError

Numbers = Mapping[str, float]
Test = Callable[[str, Numbers], bool]

_COMPARE = re.compile(r"^(?P<field>[a-z/]+)(?P<op><=|>=|!=|<|>|=)(?P<number>-?\d+(?:\.\d+)?)$")
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
_SAME_FIELD = {"cnt": "count", "last": "latest", "cnt/s": "rate", "hits": "rate"}


class FilterError(InputError):
    """The expression cannot be understood. Correct it as the message says."""


@dataclass(frozen=True)
class Filter:
    """A compiled filter; the empty one lets everything through."""

    text: str = ""
    tests: tuple[Test, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tests)

    def __call__(self, text: str, numbers: Numbers) -> bool:
        """True when a row with this text and these numbers is to be shown."""
        return all(test(text, numbers) for test in self.tests)


def parse(text: str) -> Filter:
    """Compile a filter.

    Raises:
        FilterError: a regular expression is malformed.
    """
    return Filter(text.strip(), tuple(_word(word) for word in text.split()))


def _word(word: str) -> Test:
    if word.startswith("!") and len(word) > 1:
        inner = _word(word[1:])
        return lambda text, numbers: not inner(text, numbers)
    if word.startswith("re:"):
        try:
            pattern = re.compile(word[3:], re.IGNORECASE)
        except re.error as error:
            raise FilterError(f"re: {error}") from error
        return lambda text, _: pattern.search(text) is not None
    if match := _COMPARE.match(word.lower()):
        name = _SAME_FIELD.get(match["field"], match["field"])
        compare, number = _OPERATORS[match["op"]], float(match["number"])
        return lambda _, numbers: name in numbers and compare(numbers[name], number)
    choices = [choice.lower() for choice in word.split("|") if choice]
    return lambda text, _: any(choice in text.lower() for choice in choices)
