# SPDX-License-Identifier: GPL-2.0-or-later
"""Print what VP knows: `vptop list`, and the lists of vmrun."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable
from fnmatch import fnmatchcase

import msgspec

from engine.vp.diagnostics.nearest import nearest
from vptop.cli import console
from vptop.model.reference import TOPICS, Entry

NOTHING = 1
NAME_WIDTH = 42
"""Cells of the first column on a terminal; longer names have a line of their own."""


def show(topic: str, pattern: str, *, json: bool = False, pages: bool = True) -> int:
    """Print one table, as far as its names match, with pages of the manual if wanted; status 1 when none does."""
    entries = TOPICS[topic]()
    found = [entry for entry in entries if fnmatchcase(entry.name.lower(), pattern.lower())]
    if json:
        sys.stdout.writelines(msgspec.json.encode(entry).decode() + "\n" for entry in found)
    elif sys.stdout.isatty():
        sys.stdout.writelines(_wrapped(found, shutil.get_terminal_size().columns, pages=pages))
    else:
        sys.stdout.writelines(_lines(found, pages=pages))
    if not found:
        close = nearest(pattern.strip("*?"), (entry.name for entry in entries))
        console.complain(f"no {topic} like {pattern}" + (f"; did you mean {', '.join(close)}?" if close else ""))
    return 0 if found else NOTHING


def _text(entry: Entry, *, pages: bool) -> str:
    return f"{entry.doc} (p. {entry.page})" if pages and entry.page else entry.doc


def _lines(entries: list[Entry], *, pages: bool) -> Iterable[str]:
    """A line each, for other programs."""
    width = max((len(entry.usage) for entry in entries), default=0)
    return (f"{entry.usage:<{width}}  {_text(entry, pages=pages)}\n" for entry in entries)


def _wrapped(entries: list[Entry], columns: int, *, pages: bool) -> Iterable[str]:
    """Two columns that fit a terminal."""
    width = min(max((len(entry.usage) for entry in entries), default=0), NAME_WIDTH, max(8, columns // 2))
    for entry in entries:
        room = max(16, columns - width - 2)
        first, *rest = textwrap.wrap(_text(entry, pages=pages), room)
        if len(entry.usage) > width:
            yield f"{entry.usage}\n"
            rest = [first, *rest]
        else:
            yield f"{entry.usage:<{width}}  {first}\n"
        for line in rest:
            yield f"{'':<{width}}  {line}\n"
