# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of the core's headers, read from the headers, so that each list of numbers is written once.

A table is a macro that applies another macro to each row: `#define VPC_POINTS(X) X(VMM1HZ) X(VMM10HZ) ...`.
"""

from __future__ import annotations

import re
from enum import EnumMeta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

SOURCES = Path(__file__).parent / "src"
"""The headers and sources of the core. They are read without loading the library."""
_Member = TypeVar("_Member")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_ROW = re.compile(r"\bX\(([^()]*)\)")


class TableMeta(EnumMeta):
    """The type of an enumeration whose members come from a table."""

    if TYPE_CHECKING:

        def __getattr__(cls: type[_Member], name: str) -> _Member:
            """A member; type checkers cannot know which ones there are."""


def rows(header: str, table: str) -> list[tuple[str, ...]]:
    """The rows of a table.

    Args:
        header: a file in src/include.
        table: the name of the macro.

    Returns:
        The arguments of each row, in order.

    Raises:
        LookupError: the header has no such table.
    """
    text = _text(header)
    found = re.search(rf"^#define {table}\(X\)((?:.*\\\n)*.*)$", text, re.MULTILINE)
    if not found:
        raise LookupError(f"{header} has no table {table}")
    return [tuple(field.strip() for field in row.split(",")) for row in _ROW.findall(found[1])]


def numbers(header: str, *tables: str) -> dict[str, Any]:
    """The names of all rows of these tables, numbered on from 0."""
    return {row[0]: number for number, row in enumerate(row for table in tables for row in rows(header, table))}


def number_of(header: str, name: str) -> int:
    """The value of a number that a header defines.

    Raises:
        LookupError: it defines no such number.
    """
    found = re.search(rf"^#define {name}\s+(0x[0-9A-Fa-f]+|[0-9]+)\s*$", _text(header), re.MULTILINE)
    if not found:
        raise LookupError(f"{header} does not define the number {name}")
    return int(found[1], 0)


def _text(header: str) -> str:
    """A file in src/include, without comments."""
    return _COMMENT.sub("", (SOURCES / "include" / header).read_text("utf-8"))
