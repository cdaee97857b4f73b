# SPDX-License-Identifier: GPL-2.0-or-later
"""A report of a session as one HTML file that needs no other: charts over time, and each aggregate as fits it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from html import escape
from itertools import chain
from operator import itemgetter

import numpy as np

from engine.probes.frame import COUNT, MAX, MIN, AggregateId, Frame, labels
from vptop.export.changes import DIFFERENCES, Changes, baseline_of, in_words
from vptop.export.format import Format
from vptop.export.keys import headings
from vptop.export.parts import Parts, encoded
from vptop.export.samples import merged
from vptop.export.svg_charts import bar_chart, icicle, line_chart
from vptop.model import units
from vptop.model.fold import EVERY, seconds_of, since_start
from vptop.model.histogram import PERCENTILES, histogram
from vptop.model.keytext import Shown
from vptop.model.kinds import Kind
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.model.rows import Measure, Measured
from vptop.model.transcript import lines_of

ROWS, CHANGED = 200, 50
"""Rows of a table, and of one of differences; the rest is counted."""
LINES = 500
"""Lines of the log, the last ones."""
LONG = 40
"""Characters of a key from which on it is broken into lines."""
NUMBERS = ("count", "avg", "min", "max", "latest")
STYLE = """
/* colours of Okabe and Ito, which are told apart with every kind of colour vision */
:root { --data: #0072B2; color-scheme: light dark; font: 14px/1.45 system-ui, sans-serif; }
body { max-width: 960px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: .2rem; } p { margin: .3rem 0; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid #8886; overflow-wrap: anywhere; }
svg { width: 100%; min-width: 640px; height: auto; display: block; margin: .5rem 0; }
svg text { font: 11px ui-monospace, monospace; fill: currentColor; }
svg text.call { fill: #222; } .axis { stroke: #888; } .grid { stroke: #8884; }
polyline.data { fill: none; stroke: var(--data); } rect.data { fill: var(--data); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } .scroll { overflow-x: auto; }
th, td { padding: .15rem .7rem; text-align: right; white-space: nowrap; } tr:nth-child(even) td { background: #8881; }
th.key, td.key { text-align: left; font-family: ui-monospace, monospace; } th { border-bottom: 1px solid #8886; }
td.long { white-space: normal; overflow-wrap: anywhere; min-width: 18rem; }
pre { overflow-x: auto; background: #8881; padding: .6rem; font: 12px/1.4 ui-monospace, monospace; }
.muted { opacity: .7; }
@media (prefers-color-scheme: dark) { :root { --data: #56B4E9; } }
@media print {
  :root { --data: #0072B2; color-scheme: light; font-size: 11px; }
  body { max-width: none; margin: 0; } svg { min-width: 0; }
  h2 { break-after: avoid; } svg, tr { break-inside: avoid; }
  .scroll, pre { overflow: visible; } pre { white-space: pre-wrap; overflow-wrap: anywhere; }
}
"""


def render(moment: Moment) -> Parts:
    """The report of the session up to the Frame shown."""
    title = f"{clean(moment.session.guest) or 'guest'}, {moment.frame.guest_seconds:.0f} s"
    head = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>vptop: {escape(title)}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{STYLE}</style></head>\n<body><h1>vptop: {escape(title)}</h1>\n"
    )
    return encoded(chain([head], _sections(moment), ["</body></html>\n"]))


def _sections(moment: Moment) -> Iterator[str]:
    yield _overview(moment)
    label = labels(moment.frame.aggregates)
    for which, data in moment.frame.aggregates.items():
        measured, when = since_start(moment, which)
        if measured is not None and len(measured):
            yield f"<h2>{_text(label[which])}</h2>\n"
            yield _muted(when, _values(moment.hint(which).unit))
            yield f"{_aggregate(moment, which, measured)}\n"
            yield from _changes(moment, which)
        elif len(data) == 0:
            yield f"<h2>{_text(label[which])}</h2>\n{_muted('no rows')}\n"
    if log := _log(moment):
        yield f"<h2>Log</h2>\n<pre>{log}</pre>\n"
    for name, source in moment.session.sources.items():
        yield f"<h2>{_text(name)}</h2>\n<pre>{_text(source)}</pre>\n"


def _overview(moment: Moment) -> str:
    moments = list(moment.moments())
    scripts = ", ".join(script.name for script in moment.frame.scripts)
    head = _muted(f"{seconds_of(moment, EVERY):.0f} s in {len(moments)} Frames", scripts)
    seconds = [one.frame.guest_seconds for one in moments[1:]]
    charts = (
        ("Firings of probes per second", [one.hits() for one in moments[1:]]),
        ("Blocks of guest code per second", [one.blocks() or 0.0 for one in moments[1:]]),
        ("CPU busy, %", [one.frame.busy * 100 for one in moments[1:]]),
    )
    parts = [f"<h2>{title}</h2>\n{line_chart([*zip(seconds, values, strict=True)], title)}" for title, values in charts]
    return "\n".join([head, *parts, f"<h2>Probes</h2>\n{_probes(moment.frame)}\n"])


def _log(moment: Moment) -> str:
    """The last lines that scripts printed; what logaggr printed is in the tables."""
    last: deque[str] = deque(maxlen=LINES)
    for one in moment.moments():
        for line in lines_of(one.frame, one.sequence):
            last.append(f"{line.guest_seconds:10.3f}  {_text(line.text)}")
    return "\n".join(last)


def _probes(frame: Frame) -> str:
    rows = [
        [script.name, probe.name, f"{probe.file or script.name}:{probe.line}", f"{probe.hits:,}", f"{probe.errors:,}"]
        for script in frame.scripts
        for probe in script.probes
    ]
    return _table(["script", "probe", "place"], ["firings", "errors"], rows)


def _aggregate(moment: Moment, which: AggregateId, measured: Measured) -> str:
    kind, hint = moment.kind(which), moment.hint(which)
    parts = []
    if kind is Kind.HISTOGRAM:
        shown = histogram(measured, interval=False, steps=hint.steps)
        if shown.buckets:
            words = [f"p{percent} {shown.percentile(percent):,}" for percent in PERCENTILES]
            parts += [bar_chart(shown, units.shown(clean(hint.unit))), _muted(*words)]
    elif kind is Kind.STACKS:
        tree = moment.session.namer.tree(((row.integers, row.strings), row.count) for row in measured.data)
        parts.append(icicle(tree.root) if tree.root.total else "")
    rows = _calls if kind is Kind.STACKS and _only_counts(measured) else _rows
    return "\n".join([*parts, *rows(moment, which, measured)])


def _rows(moment: Moment, which: AggregateId, measured: Measured) -> Iterator[str]:
    """The rows that were updated most, of a histogram in the order of buckets; of rows that only count, the counts."""
    counts = measured.values[:, COUNT]
    most = np.argsort(~counts, kind="stable")[:ROWS]
    if moment.kind(which) is Kind.HISTOGRAM:
        most = most[np.argsort(measured.integers[most, 0], kind="stable")]
    numbers = ("count",) if _only_counts(measured) else NUMBERS
    total, shown = int(counts.sum()) or 1, Shown.of(moment, which)
    rows = [
        [*_keys(shown, row), f"{row.count / total:.1%}", *(f"{getattr(row, number):,}" for number in numbers)]
        for row in (measured[int(at)] for at in most)
    ]
    yield _table(headings(moment, which, measured.data), ("share", *numbers), rows)
    yield _more(len(measured))


def _changes(moment: Moment, which: AggregateId) -> Iterator[str]:
    """Which rows of the second shown have changed most since the baseline."""
    baseline, changes, measured = baseline_of(moment), Changes(moment, which), moment.measured(which)
    if baseline is None or not changes or measured is None:
        return
    shown = Shown.of(moment, which)
    rows = []
    for at in changes.most(CHANGED):
        change = changes[at]
        numbers = (f"{change.rate:,.1f}", f"{change.before:,.1f}", *change.differences)
        rows.append([*_keys(shown, measured[at]), *numbers])
    yield _muted(f"{moment.frame.guest_seconds:.0f} s, {in_words(baseline)}")
    yield _table(headings(moment, which, measured.data), ("rate", "baseline rate", *DIFFERENCES), rows)
    yield f"{_more(len(measured), CHANGED)}\n"


def _calls(moment: Moment, which: AggregateId, measured: Measured) -> Iterator[str]:
    """The stacks that were seen most, each once."""
    shown = Shown.of(moment, which)
    stacks = merged((_keys(shown, row), row.count) for row in measured)
    total = sum(stacks.values()) or 1
    most = sorted(stacks.items(), key=itemgetter(1), reverse=True)[:ROWS]
    rows = [[*keys, f"{count / total:.1%}", f"{count:,}"] for keys, count in most]
    yield _table(headings(moment, which, measured.data), ("share", "count"), rows)
    yield _more(len(stacks))


def _only_counts(measured: Measured) -> bool:
    return bool((measured.values[:, (MIN, MAX)] == 1).all())


def _keys(shown: Shown, row: Measure) -> tuple[str, ...]:
    integers = (form(number) for form, number in zip(shown.integers, row.key[0], strict=True))
    strings = (form(text) if form else text for form, text in zip(shown.strings, row.key[1], strict=True))
    return (*integers, *strings)


def _more(rows: int, shown: int = ROWS) -> str:
    return _muted(f"{rows - shown:,} more rows") if rows > shown else ""


def _values(unit: str) -> str:
    return f"values in {units.shown(unit)}" if unit else ""


def _muted(*words: str) -> str:
    return f'<p class="muted">{_text(" · ".join(word for word in words if word))}</p>'


def _table(texts: Sequence[str], numbers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th class="key">{_text(one)}</th>' for one in texts) + "".join(
        f"<th>{one}</th>" for one in numbers
    )
    lines = []
    for row in rows:
        cells = [f'<td class="key{" long" * (len(cell) > LONG)}">{_text(cell)}</td>' for cell in row[: len(texts)]]
        lines.append(f"<tr>{''.join([*cells, *(f'<td>{cell}</td>' for cell in row[len(texts) :])])}</tr>")
    return f'<div class="scroll"><table><tr>{head}</tr>\n{chr(10).join(lines)}</table></div>'


def _text(text: str) -> str:
    """A text of the guest or of a script, in which nothing is markup or a control character."""
    return escape("\n".join(clean(line) for line in text.split("\n")))


FORMAT = Format(".html", "HTML report", "charts and tables in one file", render)
