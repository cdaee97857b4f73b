# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop diff A B`: what has changed between two snapshots, as text."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from engine.probes.frame import AggregateData, Frame, labels
from vptop.cli import console
from vptop.export.text import keys_text
from vptop.model.playback import session_of

SAME, DIFFERENT = 0, 1
"""Exit status, as of diff."""


@dataclass(frozen=True, slots=True)
class Change:
    """A number that differs."""

    what: str
    """aggregate, or `probes`"""
    key: str
    before: int
    after: int

    @property
    def size(self) -> int:
        """How much."""
        return abs(self.after - self.before)


def newest(path: Path) -> Frame:
    """The last Frame of a capture (.vpc) or of lines of JSON (.jsonl, .json); what was cut off at the end is left out.

    Raises:
        CaptureError: the file cannot be read, or holds no Frame.
    """
    moment = session_of(path, console.warn).moment()
    assert moment is not None  # noqa: S101 - a file without a Frame is refused
    return moment.frame


def changes(before: Frame, after: Frame) -> Iterator[Change]:
    """Counts of rows and firings of probes that differ, a row that one side lacks counting 0 there."""
    old, new = labels(before.aggregates), labels(after.aggregates)
    for which in {**before.aggregates, **after.aggregates}:
        label = new.get(which) or old[which]
        yield from _different(label, _counts(before.aggregates.get(which)), _counts(after.aggregates.get(which)))
    yield from _different("probes", _firings(before), _firings(after))


def _different(what: str, before: dict[str, int], after: dict[str, int]) -> Iterator[Change]:
    for key in {**before, **after}:
        one, other = before.get(key, 0), after.get(key, 0)
        if one != other:
            yield Change(what, key, one, other)


def _counts(data: AggregateData | None) -> dict[str, int]:
    return {keys_text(row): row.count for row in data or ()}


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
    found = sorted(changes(before, after), key=lambda change: -change.size)
    if json:
        sys.stdout.writelines(msgspec.json.encode(asdict(change)).decode() + "\n" for change in found)
    else:
        sys.stdout.writelines(console.harmless(line) + "\n" for line in _lines(paths, (before, after), found, rows))
    return DIFFERENT if found else SAME


def _lines(paths: tuple[Path, Path], frames: tuple[Frame, Frame], found: Iterable[Change], most: int) -> Iterator[str]:
    for mark, path, frame in zip("-+", paths, frames, strict=True):
        yield f"{mark * 3} {path}  frame {frame.frame}, {frame.guest_seconds:.1f} s"
    groups: dict[str, list[Change]] = {}
    for change in found:
        groups.setdefault(change.what, []).append(change)
    for what, group in groups.items():
        yield f"@@ {what} @@"
        width = max(len(change.key) for change in group[:most])
        for change in group[:most]:
            yield f"{change.key:<{width}}  {change.before:>10} {change.after:>10} {change.after - change.before:>+10}"
        if len(group) > most:
            yield f"… and {len(group) - most} more"
