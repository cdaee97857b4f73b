# SPDX-License-Identifier: GPL-2.0-or-later
"""Files in parts of some 64 KiB: a format never holds the whole file, however many rows there are."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

Parts: TypeAlias = Iterator[bytes]
"""A file, in order. Nothing is made before it is asked for."""
PART = 1 << 16
"""Characters that are gathered before they are encoded."""
_NUMBER = re.compile(r"[-+]\d[\d.,]*\s?[\w%/]*")


def encoded(texts: Iterable[str]) -> Parts:
    """Texts one after the other, in UTF-8."""
    gathered: list[str] = []
    size = 0
    for text in texts:
        gathered.append(text)
        size += len(text)
        if size >= PART:
            yield "".join(gathered).encode()
            gathered, size = [], 0
    if gathered:
        yield "".join(gathered).encode()


def lines(texts: Iterable[str]) -> Parts:
    """A line of each text, in UTF-8."""
    return encoded(f"{text}\n" for text in texts)


class _Returned:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_rows(rows: Iterable[Iterable[object]]) -> Parts:
    """Rows as CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    write = csv.writer(_Returned()).writerow
    return encoded(str(write(map(_inert, row))) for row in rows)


def _inert(cell: object) -> object:
    """A cell that no spreadsheet computes (OWASP, CSV Injection): the guest chose the text."""
    if not isinstance(cell, str) or cell[:1] not in ("=", "+", "-", "@", "\t", "\r"):
        return cell
    return cell if _NUMBER.fullmatch(cell) else f"'{cell}"
