# SPDX-License-Identifier: GPL-2.0-or-later
"""Aggregates as vprobe.out shows them (manual, chapter 2, logaggr and the samples of aggregate variables)."""

from __future__ import annotations

from collections.abc import Iterator

from engine.probes.frame import AggregateData, Frame, Row, labels
from engine.text import quote_escaped
from vptop.export.format import Format
from vptop.export.parts import Parts, lines
from vptop.model.moment import Moment


def frame_lines(frame: Frame) -> Iterator[str]:
    """Every aggregate that has rows, in the manual's format."""
    label = labels(frame.aggregates)
    for which, data in frame.aggregates.items():
        if len(data):
            yield from aggregate_lines(label[which], data)


def aggregate_lines(name: str, data: AggregateData) -> Iterator[str]:
    """The header of one aggregate and its rows in order of first insertion."""
    yield f"aggr: {name} ({_keys(data.integer_keys, 'integer')}) ({_keys(data.string_keys, 'string')})"
    for row in data:
        yield (
            f"  {name}[{keys_text(row)}] == "
            f"avg {row.avg} count {row.count} min {row.min} max {row.max} latest {row.latest}"
        )


def keys_text(row: Row) -> str:
    """The keys between the brackets: integers in hexadecimal, strings quoted, separated by commas."""
    return ",".join([f"{number:#x}" for number in row.integers] + [quote_escaped(text) for text in row.strings])


def _keys(number: int, kind: str) -> str:
    return f"{number} {kind} key{'' if number == 1 else 's'}"


def render(moment: Moment) -> Parts:
    """The aggregates of the Frame shown."""
    return lines(frame_lines(moment.frame))


FORMAT = Format(".out", "vprobe.out", "all aggregates in the text format of VProbes", render)
