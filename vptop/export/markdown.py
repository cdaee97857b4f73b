# SPDX-License-Identifier: GPL-2.0-or-later
"""The aggregates of a Frame as Markdown tables (GitHub Flavored Markdown)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from engine.probes.frame import AggregateData, labels
from vptop.export.changes import DIFFERENCES, Changes, baseline_of, in_words
from vptop.export.format import Format
from vptop.export.keys import headings, keys
from vptop.export.parts import Parts, lines
from vptop.model.moment import Moment
from vptop.model.plain import clean

NUMBERS = ("count", "avg", "min", "max", "latest")
_FENCES = re.compile("`{3,}")
_SPECIAL = str.maketrans({character: f"\\{character}" for character in "\\`*_{}[]<>|#"})


def escaped(text: str) -> str:
    """A text on one line in which nothing is markup or a control character; blanks before it stay."""
    cleaned = clean(text)
    words = cleaned.lstrip(" ")
    return "&nbsp;" * (len(cleaned) - len(words)) + words.translate(_SPECIAL)


def fenced(texts: Iterable[str]) -> Iterator[str]:
    """Lines as a block of code: they keep their blanks, and nothing in them is markup."""
    cleaned = [clean(text) for text in texts]
    fence = "`" * (1 + max((len(run) for text in cleaned for run in _FENCES.findall(text)), default=2))
    return chain([fence], cleaned, [fence])


def line(cells: Iterable[str]) -> str:
    """One line of a table."""
    return f"| {' | '.join(cells)} |"


def render(moment: Moment) -> Parts:
    """A heading and a table for each aggregate that has rows."""
    return lines(_document(moment))


def _document(moment: Moment) -> Iterator[str]:
    label = labels(moment.frame.aggregates)
    yield f"# vptop: {escaped(moment.session.guest)}, {moment.frame.guest_seconds:.0f} s"
    if baseline := baseline_of(moment):
        yield from ("", f"With {escaped(in_words(baseline))}.")
    for which, data in moment.frame.aggregates.items():
        if len(data):
            yield from ("", f"## {escaped(label[which])}", "")
            yield from _table(headings(moment, which, data), data, Changes(moment, which))


def _table(titles: list[str], data: AggregateData, changes: Changes) -> Iterator[str]:
    numbers = (*NUMBERS, *(DIFFERENCES if changes else ()))
    yield line([*map(escaped, titles), *numbers])
    yield line([*("---" for _ in titles), *("---:" for _ in numbers)])
    for at, row in enumerate(data):
        changed = changes[at].differences if changes else ()
        yield line([*map(escaped, keys(row)), *(str(getattr(row, number)) for number in NUMBERS), *changed])


FORMAT = Format(".md", "Markdown", "a table for each aggregate", render)
