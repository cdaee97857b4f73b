# SPDX-License-Identifier: GPL-2.0-or-later
"""All aggregates of a Frame as one CSV table."""

from __future__ import annotations

import csv
import io

from engine.probes.frame import Frame
from vptop.export.format import Format

NUMBERS = ("count", "avg", "min", "max", "latest")


def frame_csv(frame: Frame) -> str:
    """One row for each row of each aggregate; the columns `script` and `aggregate` tell them apart (RFC 4180).

    Keys are in columns `integer1`, `integer2`, ..., `string1`, ..., as many as the widest aggregate has.
    """
    integers = max((data.integer_keys for data in frame.aggregates.values()), default=0)
    strings = max((data.string_keys for data in frame.aggregates.values()), default=0)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            "frame",
            "guest_seconds",
            "script",
            "aggregate",
            *(f"integer{index + 1}" for index in range(integers)),
            *(f"string{index + 1}" for index in range(strings)),
            *NUMBERS,
        ]
    )
    for (script, name), data in frame.aggregates.items():
        for row in data:
            writer.writerow(
                [
                    frame.frame,
                    frame.guest_seconds,
                    script,
                    name,
                    *_padded(row.integers, integers),
                    *_padded(row.strings, strings),
                    *(getattr(row, number) for number in NUMBERS),
                ]
            )
    return out.getvalue()


def _padded(keys: tuple[int, ...] | tuple[str, ...], width: int) -> list[int | str]:
    return [*keys, *[""] * (width - len(keys))]


FORMAT = Format(".csv", "CSV", "all aggregates in one table", lambda moment: frame_csv(moment.frame).encode())
