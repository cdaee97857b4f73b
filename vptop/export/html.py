# SPDX-License-Identifier: GPL-2.0-or-later
"""A report of a session as one HTML file that needs no other: charts over time, and each aggregate as fits it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import chain

import numpy as np

from engine.probes.frame import AggregateId, Frame, labels
from vptop.export.format import Format
from vptop.export.keys import headings, keys
from vptop.export.parts import Parts, encoded
from vptop.export.svg_charts import bar_chart, icicle, line_chart
from vptop.model.histogram import PERCENTILES, histogram
from vptop.model.kinds import Kind
from vptop.model.plain import clean
from vptop.model.rows import COUNT
from vptop.model.session import Moment

ROWS = 200
"""Rows of a table; the rest is counted."""
NUMBERS = ("count", "avg", "min", "max", "latest")
STYLE = """
:root { color-scheme: light dark; font: 14px/1.45 system-ui, sans-serif; }
body { max-width: 960px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; border-bottom: 1px solid #8886; }
svg { width: 100%; height: auto; display: block; margin: .5rem 0; font: 11px ui-monospace, monospace; }
svg text { fill: currentColor; } svg text.call { fill: #222; } .axis { stroke: #888; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } .scroll { overflow-x: auto; }
th, td { padding: .15rem .7rem; text-align: right; white-space: nowrap; } tr:nth-child(even) td { background: #8881; }
th.key, td.key { text-align: left; font-family: ui-monospace, monospace; } th { border-bottom: 1px solid #8886; }
pre { overflow-x: auto; background: #8881; padding: .6rem; } .muted { opacity: .7; }
"""


def render(moment: Moment) -> Parts:
    """The report of the session up to the Frame shown."""
    title = f"{clean(moment.session.guest) or 'guest'}, {moment.frame.guest_seconds:.0f} s"
    head = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>vptop: {escape(title)}</title>'
        f"<style>{STYLE}</style></head>\n<body><h1>vptop: {escape(title)}</h1>\n"
    )
    return encoded(chain([head], _sections(moment), ["</body></html>\n"]))


def _sections(moment: Moment) -> Iterator[str]:
    yield _overview(moment)
    label = labels(moment.frame.aggregates)
    for which, data in moment.frame.aggregates.items():
        if len(data):
            yield f"<h2>{_text(label[which])}</h2>\n{_aggregate(moment, which)}\n"
    if log := "".join(frame.log for frame in moment.history()):
        yield f"<h2>Log</h2>\n<pre>{_text(log[-20_000:])}</pre>\n"
    for name, source in moment.session.sources.items():
        yield f"<h2>{_text(name)}</h2>\n<pre>{_text(source)}</pre>\n"


def _overview(moment: Moment) -> str:
    moments = list(moment.moments())[1:]
    seconds = [one.frame.guest_seconds for one in moments]
    charts = (
        ("Firings of probes per second", [one.hits() for one in moments]),
        ("Blocks of guest code per second", [one.blocks() for one in moments]),
    )
    parts = [f"<h2>{title}</h2>\n{line_chart([*zip(seconds, values, strict=True)], title)}" for title, values in charts]
    return "\n".join([*parts, f"<h2>Probes</h2>\n{_probes(moment.frame)}\n"])


def _probes(frame: Frame) -> str:
    rows = [
        [script.name, probe.name, f"{probe.file or script.name}:{probe.line}", f"{probe.hits:,}", f"{probe.errors:,}"]
        for script in frame.scripts
        for probe in script.probes
    ]
    return _table(["script", "probe", "place"], ["firings", "errors"], rows)


def _aggregate(moment: Moment, which: AggregateId) -> str:
    data, kind, measured = moment.frame.aggregates[which], moment.kind(which), moment.measured(which)
    if measured is None:
        return ""
    unit = moment.hint(which).unit
    parts = []
    if kind is Kind.HISTOGRAM:
        shown = histogram(measured, interval=False, steps=moment.hint(which).steps)
        if shown.buckets:
            words = " · ".join(f"p{percent} {shown.percentile(percent):,}" for percent in PERCENTILES)
            parts.append(f'{bar_chart(shown, unit)}<p class="muted">{words} {_text(unit)}</p>')
    elif kind is Kind.STACKS:
        tree = moment.session.namer.tree(((row.integers, row.strings), row.count) for row in data)
        parts.append(icicle(tree.root) if tree.root.total else "")
    most = [measured[int(at)].row() for at in np.argsort(~measured.values[:, COUNT], kind="stable")[:ROWS]]
    rows = [[*keys(row), *(f"{getattr(row, number):,}" for number in NUMBERS)] for row in most]
    parts.append(_table(headings(moment, which, data), NUMBERS, rows))
    if len(data) > ROWS:
        parts.append(f'<p class="muted">{len(data) - ROWS:,} more rows</p>')
    return "\n".join(parts)


def _table(texts: Sequence[str], numbers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th class="key">{_text(one)}</th>' for one in texts) + "".join(
        f"<th>{one}</th>" for one in numbers
    )
    lines = []
    for row in rows:
        cells = [f'<td class="key">{_text(cell)}</td>' for cell in row[: len(texts)]]
        lines.append(f"<tr>{''.join([*cells, *(f'<td>{cell}</td>' for cell in row[len(texts) :])])}</tr>")
    return f'<div class="scroll"><table><tr>{head}</tr>\n{chr(10).join(lines)}</table></div>'


def _text(text: str) -> str:
    """A text of the guest or of a script, in which nothing is markup or a control character."""
    return escape("\n".join(clean(line) for line in text.split("\n")))


FORMAT = Format(".html", "HTML report", "charts and tables in one file", render)
