# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop list`, and the lists of vmrun: what VP knows, from its tables."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from engine.vp.tables.builtins import BUILTINS, SPECIALS
from engine.vp.tables.probes import POINTS, usage
from engine.vp.tables.variables import VARIABLES

Line = tuple[str, str, str]
"""Name to match, how it is written, what it is."""
NOTHING = 1


def probes() -> list[Line]:
    """Every probe point, with its arguments."""
    return [(row.name, usage(row), row.doc + _arguments(row.arguments)) for row in POINTS.values()]


def globals_() -> list[Line]:
    """Every built-in variable."""
    return [(row.name, row.name, f"{row.type.value}, {row.scope.value}: {row.doc}") for row in VARIABLES.values()]


def functions() -> list[Line]:
    """Every built-in function, operator and special form."""
    special = [(row.name, row.signature, row.doc) for row in SPECIALS.values()]
    return special + [(row.name, row.signature, row.doc) for row in BUILTINS.values()]


TOPICS: dict[str, Callable[[], list[Line]]] = {"probes": probes, "globals": globals_, "functions": functions}


def show(topic: str, pattern: str) -> int:
    """Print one table, as far as its names match; status 1 when none does."""
    lines = [(text, doc) for name, text, doc in TOPICS[topic]() if fnmatchcase(name.lower(), pattern.lower())]
    sys.stdout.writelines(columns(lines))
    return 0 if lines else NOTHING


def columns(lines: Iterable[tuple[str, str]]) -> list[str]:
    """Two columns, the first as wide as it needs."""
    lines = list(lines)
    width = max((len(text) for text, _ in lines), default=0)
    return [f"{text:<{width}}  {doc}\n" for text, doc in lines]


def _arguments(names: tuple[str, ...]) -> str:
    return "".join(f" ARG{number}: {name}." for number, name in enumerate(names))
