# SPDX-License-Identifier: GPL-2.0-or-later
"""All aggregates of a Frame as one CSV table."""

from __future__ import annotations

from collections.abc import Iterator

from vptop.export.changes import VALUES, Changes, baseline_of
from vptop.export.format import Format
from vptop.export.parts import Parts, csv_rows
from vptop.model.moment import Moment

NUMBERS = ("count", "avg", "min", "max", "latest")


def frame_rows(moment: Moment) -> Iterator[list[object]]:
    """The titles, then a row for each row of each aggregate; `script` and `aggregate` tell them apart.

    Keys are in columns `integer1`, `integer2`, ..., `string1`, ..., as many as the widest aggregate has. Where
    differences from a baseline are shown, the last columns have its values.
    """
    frame, compared = moment.frame, VALUES if baseline_of(moment) else ()
    integers = max((data.integer_keys for data in frame.aggregates.values()), default=0)
    strings = max((data.string_keys for data in frame.aggregates.values()), default=0)
    yield [
        "frame",
        "guest_seconds",
        "script",
        "aggregate",
        *(f"integer{index + 1}" for index in range(integers)),
        *(f"string{index + 1}" for index in range(strings)),
        *NUMBERS,
        *compared,
    ]
    for which, data in frame.aggregates.items():
        (script, name), changes = which, Changes(moment, which)
        for at, row in enumerate(data):
            yield [
                frame.frame,
                frame.guest_seconds,
                script,
                name,
                *_padded(row.integers, integers),
                *_padded(row.strings, strings),
                *(getattr(row, number) for number in NUMBERS),
                *(changes[at].values if changes else [""] * len(compared)),
            ]


def _padded(keys: tuple[int, ...] | tuple[str, ...], width: int) -> list[int | str]:
    return [*keys, *[""] * (width - len(keys))]


def render(moment: Moment) -> Parts:
    """The Frame shown."""
    return csv_rows(frame_rows(moment))


FORMAT = Format(".csv", "CSV", "all aggregates in one table", render)
