# SPDX-License-Identifier: GPL-2.0-or-later
"""What VP knows, from its tables: for `vptop list`, the lists of vmrun and the dashboard's reference."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from engine.vp.tables.builtins import BUILTINS
from engine.vp.tables.forms import SPECIALS
from engine.vp.tables.probes import POINTS, usage
from engine.vp.tables.variables import VARIABLES


class Entry(msgspec.Struct, frozen=True):
    """One thing a script can name."""

    name: str
    usage: str
    """how it is written"""
    doc: str
    page: int
    """of the VProbes Programming Reference of 2010; 0 for what only other generations have"""


def probes() -> list[Entry]:
    """Every probe point, with its arguments."""
    return [Entry(row.name, usage(row), row.doc + _arguments(row.arguments), row.page) for row in POINTS.values()]


def globals_() -> list[Entry]:
    """Every built-in variable."""
    return [
        Entry(row.name, row.name, f"{row.type.value}, {row.scope.value}: {row.doc}", row.page)
        for row in VARIABLES.values()
    ]


def functions() -> list[Entry]:
    """Every built-in function, operator and special form."""
    special = [Entry(row.name, row.signature, row.doc, row.page) for row in SPECIALS.values()]
    return special + [Entry(row.name, row.signature, row.doc, row.page) for row in BUILTINS.values()]


TOPICS: dict[str, Callable[[], list[Entry]]] = {"probes": probes, "globals": globals_, "functions": functions}


def _arguments(names: tuple[str, ...]) -> str:
    return "".join(f" ARG{number}: {name}." for number, name in enumerate(names))
