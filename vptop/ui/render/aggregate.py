# SPDX-License-Identifier: GPL-2.0-or-later
"""The columns of an aggregate's table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from rich.style import Style

from engine.probes.frame import AggregateId
from vptop.model.compare import Comparison
from vptop.model.hints import KeyHint
from vptop.model.kinds import Kind, is_stack
from vptop.model.plain import clean
from vptop.model.rows import Measure, Measured
from vptop.model.session import Moment
from vptop.model.stacks import Namer
from vptop.ui.render import bars, keys, numbers
from vptop.ui.render.columns import Column
from vptop.ui.render.fit import width_of
from vptop.ui.render.palette import Palette

TREND = 12
KEY_SAMPLE = 200
"""Rows whose keys are measured for the width of their columns."""
LONGEST_KEY = 40


@dataclass(frozen=True, slots=True)
class Shown:
    """How the keys of an aggregate are headed and shown, by key column."""

    titles: Sequence[str]
    integers: Sequence[Callable[[int], str]]
    strings: Sequence[Callable[[str], str] | None]
    """None: as they are"""

    @staticmethod
    def of(moment: Moment, aggregate: AggregateId) -> Shown:
        """As the script hints, or as guessed from what feeds the aggregate."""
        data = moment.frame.aggregates[aggregate]
        kind = moment.kind(aggregate)
        hints = keys.titles(data.integer_keys, data.string_keys, moment.hint(aggregate))
        vectors = [kind is Kind.TOP and not hint.form for hint in hints[: data.integer_keys]]
        titles = [
            "VECTOR" if vector and hint.label == "KEY" else hint.label.upper()
            for hint, vector in zip(hints, [*vectors, *[False] * data.string_keys], strict=True)
        ]
        integers = [_integer(moment, hint, vector) for hint, vector in zip(hints, vectors, strict=False)]
        text = partial(_stack, moment.session.namer) if kind is Kind.STACKS else None
        return Shown(list(map(clean, titles)), integers, [text] * data.string_keys)


def _integer(moment: Moment, hint: KeyHint, vector: bool) -> Callable[[int], str]:
    if vector:
        return keys.vector
    return lambda number: keys.integer(number, hint.form, moment.session.symbols)


def _stack(namer: Namer, text: str) -> str:
    return keys.string(text, namer.names(text)[0] if is_stack(text) else ())


def columns(moment: Moment, aggregate: AggregateId, measured: Measured, shown: Shown) -> list[Column[Measure]]:
    """Keys, rate, the five numbers, trend."""
    return [
        *_key_columns(measured, shown),
        Column("rate", "CNT/S", 8, lambda row: numbers.rate(row.rate), lambda row: row.rate),
        *_change_columns(moment.compared(aggregate)),
        Column("count", "COUNT", 7, lambda row: numbers.count(row.count), lambda row: row.count, keep=8),
        Column("avg", "AVG", 6, lambda row: numbers.short(row.avg), lambda row: row.avg),
        Column("min", "MIN", 5, lambda row: numbers.short(row.min), lambda row: row.min, keep=2),
        Column("max", "MAX", 6, lambda row: numbers.short(row.max), lambda row: row.max, keep=5),
        Column("latest", "LAST", 5, lambda row: numbers.short(row.latest), lambda row: row.latest, keep=1),
        Column(
            "trend",
            f"{TREND}s",
            TREND,
            lambda row: bars.trend(moment.trend(aggregate, row.index, TREND)),
            align="<",
            keep=3,
            style=lambda _, palette: palette.bar,
        ),
    ]


def _change_columns(comparison: Comparison | None) -> list[Column[Measure]]:
    """What has changed since the baseline, as a rate and as a share; a glyph says which way."""
    if comparison is None:
        return []

    def style(row: Measure, palette: Palette) -> Style:
        change = comparison.change(row.index)
        return palette.warn if change > 0 else palette.accent if change < 0 else palette.dim

    def size(row: Measure) -> float:
        return abs(comparison.change(row.index))

    return [
        Column("delta", "ΔCNT/S", 9, lambda row: numbers.change(comparison.change(row.index)), size, style=style),
        Column("growth", "Δ%", 7, lambda row: numbers.growth(comparison.ratio(row.index)), style=style, keep=7),
    ]


def _key_columns(measured: Measured, shown: Shown) -> list[Column[Measure]]:
    sample = list(map(measured.__getitem__, range(min(KEY_SAMPLE, len(measured)))))
    made = [
        _key_column(f"key{at}", shown.titles[at], partial(_integer_cell, show, at), sample, stretch=False)
        for at, show in enumerate(shown.integers)
    ]
    made += [
        _key_column(f"key{at}", shown.titles[at], partial(_string_cell, show, at - len(made)), sample, stretch=True)
        for at, show in enumerate(shown.strings, start=len(made))
    ]
    if made and not any(column.stretch for column in made):
        made[-1] = replace(made[-1], stretch=True, align="<")
    return made


def _integer_cell(show: Callable[[int], str], at: int, row: Measure) -> str:
    return show(row.key[0][at])


def _string_cell(show: Callable[[str], str] | None, at: int, row: Measure) -> str:
    return show(row.key[1][at]) if show else row.key[1][at]


def _key_column(
    name: str, title: str, cell: Callable[[Measure], str], sample: Sequence[Measure], *, stretch: bool
) -> Column[Measure]:
    longest = max((width_of(cell(row)) for row in sample), default=4)
    width = min(LONGEST_KEY, max(longest, width_of(title) + 1))
    return Column(
        name,
        title,
        min(width, 14) if stretch else width,
        cell,
        cell,
        align="<" if stretch or title == "VECTOR" else ">",
        stretch=stretch,
        ascending=True,
        style=lambda _, palette: palette.strong,
    )
