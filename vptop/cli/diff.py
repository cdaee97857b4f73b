# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop diff A B`: what has changed between two snapshots, as text."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from engine.probes.frame import AggregateId, Frame, Row, labels
from vptop.cli import console
from vptop.export.text import keys_text
from vptop.model import units
from vptop.model.cause import unit_of_values
from vptop.model.histogram import PERCENTILES, histogram
from vptop.model.keytext import Shown
from vptop.model.kinds import Kind
from vptop.model.moment import Moment
from vptop.model.playback import session_of

SAME, DIFFERENT = 0, 1
"""Exit status, as of diff."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row, a probe or a percentile whose numbers differ."""

    what: str
    """aggregate, or `probes`"""
    key: str
    shown: str
    """the key as the dashboard shows it"""
    before: int
    """updates of a row, firings of a probe, or the percentile"""
    after: int
    avg: tuple[int, int] | None = None
    """average before and after; None: all values are 1"""
    max: tuple[int, int] | None = None
    """maximum before and after; None as of `avg`"""

    @property
    def size(self) -> tuple[int, int]:
        """How much: in number, and of that in value."""
        return abs(self.after - self.before), abs(self.avg[1] - self.avg[0]) if self.avg else 0


@dataclass(frozen=True, slots=True)
class Group:
    """What differs of one kind, under its titles."""

    title: str
    keys: str
    """what the keys are"""
    number: str
    """what `before` and `after` are"""
    changes: Sequence[Change]


def newest(path: Path) -> Moment:
    """The last Frame of a capture (.vpc) or of lines of JSON (.jsonl, .json); what was cut off at the end is left out.

    Raises:
        CaptureError: the file cannot be read, or holds no Frame.
    """
    moment = session_of(path, console.warn).moment()
    assert moment is not None  # noqa: S101 - a file without a Frame is refused
    return moment


def groups(before: Moment, after: Moment) -> Iterator[Group]:
    """Rows, percentiles and probes that differ, the largest change of each first; what one side lacks is 0 there."""
    old, new = labels(before.frame.aggregates), labels(after.frame.aggregates)
    for which in {**before.frame.aggregates, **after.frame.aggregates}:
        moment, label = (after, new[which]) if which in new else (before, old[which])
        unit = units.shown(unit_of_values(moment, which))
        title = f"{label}: {unit}" if unit else label
        shown = Shown.of(moment, which)
        one, other = _rows(before, which), _rows(after, which)
        keys = {**one, **other}
        rows = (_change(label, key, _key(shown, keys[key]), one.get(key), other.get(key)) for key in keys)
        yield Group(title, " ".join(shown.titles), "COUNT", _largest(rows))
        found = (_percentile(before, after, which, label, percent) for percent in PERCENTILES)
        yield Group(f"{title}, percentiles", "PERCENTILE", unit or "VALUE", [*filter(None, found)])
    one_fired, other_fired = _firings(before.frame), _firings(after.frame)
    names = {**one_fired, **other_fired}
    fired = (Change("probes", name, name, one_fired.get(name, 0), other_fired.get(name, 0)) for name in names)
    yield Group("probes", "PROBE", "HITS", _largest(one for one in fired if one.before != one.after))


def _largest(found: Iterable[Change | None]) -> list[Change]:
    return sorted(filter(None, found), key=lambda change: change.size, reverse=True)


def _rows(moment: Moment, which: AggregateId) -> dict[str, Row]:
    return {keys_text(row): row for row in moment.frame.aggregates.get(which, ())}


def _key(shown: Shown, row: Row) -> str:
    """The keys of a row as the dashboard shows them; of another shape, as in vprobe.out."""
    if (len(row.integers), len(row.strings)) != (len(shown.integers), len(shown.strings)):
        return keys_text(row)
    integers = (show(number) for show, number in zip(shown.integers, row.integers, strict=True))
    strings = (show(text) if show else text for show, text in zip(shown.strings, row.strings, strict=True))
    return " ".join((*integers, *strings))


def _change(what: str, key: str, shown: str, one: Row | None, other: Row | None) -> Change | None:
    """The row before and after; None where nothing of it differs."""
    is_count = all(row is None or row.min == row.max == 1 for row in (one, other))
    numbers = [(row.count, row.avg, row.max) if row else (0, 0, 0) for row in (one, other)]
    if numbers[0] == numbers[1]:
        return None
    counts, averages, most = zip(*numbers, strict=True)
    return Change(what, key, shown, *counts, *((None, None) if is_count else (averages, most)))


def _percentile(before: Moment, after: Moment, which: AggregateId, label: str, percent: float) -> Change | None:
    """A percentile of a histogram, where it differs."""
    if all(moment.kind(which) is not Kind.HISTOGRAM for moment in (before, after)):
        return None
    one, other = (
        histogram(moment.measured(which), interval=False, steps=moment.hint(which).steps).percentile(percent)
        for moment in (before, after)
    )
    name = f"p{percent}"
    return Change(f"{label} percentiles", name, name, one, other) if one != other else None


def _firings(frame: Frame) -> dict[str, int]:
    return {
        f"{script.name}:{probe.line} {probe.name}": probe.hits for script in frame.scripts for probe in script.probes
    }


def show(paths: tuple[Path, Path], *, rows: int, json: bool) -> int:
    """Print the differences between the newest Frames of two files, the largest of each kind first.

    Returns:
        1 when there are some, else 0.

    Raises:
        CaptureError: a file cannot be read, or holds no Frame.
    """
    before, after = map(newest, paths)
    found = [group for group in groups(before, after) if group.changes]
    if json:
        every = sorted((change for group in found for change in group.changes), key=lambda one: one.size, reverse=True)
        sys.stdout.writelines(msgspec.json.encode(asdict(change)).decode() + "\n" for change in every)
    else:
        frames = before.frame, after.frame
        sys.stdout.writelines(console.harmless(line) + "\n" for line in _lines(paths, frames, found, rows))
    return DIFFERENT if found else SAME


def _lines(paths: tuple[Path, Path], frames: tuple[Frame, Frame], found: Iterable[Group], most: int) -> Iterator[str]:
    for mark, path, frame in zip("-+", paths, frames, strict=True):
        yield f"{mark * 3} {path}  frame {frame.frame}, {frame.guest_seconds:.1f} s"
    for group in found:
        yield f"@@ {group.title} @@"
        shown = group.changes[:most]
        width = max(len(group.keys), *(len(change.shown) for change in shown))
        measures = [group.number, *(["AVG", "MAX"] if any(change.avg for change in group.changes) else [])]
        titles = "".join(f"  {f'{title} -':>10} {f'{title} +':>10} {'CHANGE':>10}" for title in measures)
        yield f"{group.keys:<{width}}{titles}"
        for change in shown:
            pairs = [(change.before, change.after), *(pair for pair in (change.avg, change.max) if pair)]
            numbers = "".join(f"  {one:>10} {other:>10} {other - one:>+10}" for one, other in pairs)
            yield f"{change.shown:<{width}}{numbers}"
        if len(group.changes) > most:
            yield f"… and {len(group.changes) - most} more"
