# SPDX-License-Identifier: GPL-2.0-or-later
"""All aggregates of a Frame as one CSV table."""

from __future__ import annotations

from collections.abc import Iterator

from engine.probes.frame import Frame
from vptop.export.format import Format
from vptop.export.parts import Parts, csv_rows
from vptop.model.session import Moment

NUMBERS = ("count", "avg", "min", "max", "latest")


def frame_rows(frame: Frame) -> Iterator[list[object]]:
    """The titles, then a row for each row of each aggregate; `script` and `aggregate` tell them apart.

    Keys are in columns `integer1`, `integer2`, ..., `string1`, ..., as many as the widest aggregate has.
    """
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
    ]
    for (script, name), data in frame.aggregates.items():
        for row in data:
            yield [
                frame.frame,
                frame.guest_seconds,
                script,
                name,
                *_padded(row.integers, integers),
                *_padded(row.strings, strings),
                *(getattr(row, number) for number in NUMBERS),
            ]


def _padded(keys: tuple[int, ...] | tuple[str, ...], width: int) -> list[int | str]:
    return [*keys, *[""] * (width - len(keys))]


def render(moment: Moment) -> Parts:
    """The Frame shown."""
    return csv_rows(frame_rows(moment.frame))


FORMAT = Format(".csv", "CSV", "all aggregates in one table", render)
