# SPDX-License-Identifier: GPL-2.0-or-later
"""What scripts found afterwards, put into the Frames of its seconds, and where it ends in the counts of the machine."""

from __future__ import annotations

from msgspec.structs import replace

from engine.probes.frame import Frame
from engine.probes.printed import bounded, covering, joined


def merged(frame: Frame, asked: Frame) -> Frame:
    """A Frame with what scripts found afterwards, in place of what it has of these scripts."""
    kept = _without(frame, {script.name for script in asked.scripts})
    return replace(
        _joined(kept, asked, [script.name for script in frame.scripts]),
        log=kept.log + asked.log,
        log_parts=joined(kept.log, kept.log_parts, asked.log, asked.log_parts),
        asked=True,
    )


class Boundaries:
    """Where Frames that a script was asked of meet others.

    The counts of the two have nothing to do with each other. So the first interval after those that were asked is
    measured against what the machine had counted at its beginning, and the first that was asked against nothing.
    """

    def __init__(self) -> None:
        self._latest: dict[str, tuple[int, int, Frame]] = {}
        """of each script: the latest question, the sequence number that it has come to, and what was found there"""
        self._counts: dict[int, dict[str, Frame]] = {}
        """by sequence number and script: the Frame that has what the next one is measured against"""
        self._before: dict[int, Frame] = {}
        """the Frames with that, by the sequence number of the next one"""

    def put(self, sequence: int, frame: Frame, asked: Frame, question: int, earlier: Frame | None) -> Frame:
        """The Frame with what was found afterwards.

        Args:
            sequence: its sequence number.
            frame: as it was until now.
            asked: what was found.
            question: which question it was found by; its Frames come in order.
            earlier: the Frame before it.
        """
        found, after = merged(frame, asked), self._counts.setdefault(sequence, {})
        before = self._counts.setdefault(sequence - 1, {}) if earlier is not None else {}
        for name in {script.name for script in asked.scripts}:
            after.setdefault(name, frame)
            before.pop(name, None)
            which, at, counted = self._latest.get(name, (-1, -1, asked))
            if earlier is not None and (which, at) != (question, sequence - 1):
                before[name] = counted if which == question else _without(earlier, {name})
            self._latest[name] = question, sequence, asked
        if earlier is not None:
            self._compose(sequence - 1, earlier)
        self._compose(sequence, found)
        return found

    def before(self, sequence: int, earlier: Frame | None) -> Frame | None:
        """What a Frame is measured against, given the one before it."""
        return self._before.get(sequence, earlier) if earlier is not None else None

    def forget(self, first: int) -> None:
        """Let go of what belongs to Frames before that one."""
        self._counts = {at: counts for at, counts in self._counts.items() if counts and at >= first}
        self._before = {at: frame for at, frame in self._before.items() if at >= first}

    def _compose(self, sequence: int, frame: Frame) -> None:
        """Give a Frame the counts that the next one goes on with."""
        self._before.pop(sequence + 1, None)
        for name, counted in self._counts.get(sequence, {}).items():
            self._before[sequence + 1] = frame = _with(frame, counted, name)


def _with(frame: Frame, other: Frame, name: str) -> Frame:
    """A Frame that has a script as another one has it."""
    rest = {script.name for script in other.scripts} - {name}
    return _joined(_without(frame, {name}), _without(other, rest), [script.name for script in frame.scripts])


def _joined(frame: Frame, other: Frame, order: list[str]) -> Frame:
    """A Frame with the scripts of another one too, in this order, so that views choose what they chose before."""
    places = {name: place for place, name in enumerate(order)}
    aggregates = frame.aggregates | other.aggregates

    def place(script: str) -> int:
        return places.get(script, len(places))

    return replace(
        frame,
        scripts=tuple(sorted(frame.scripts + other.scripts, key=lambda script: place(script.name))),
        aggregates={key: aggregates[key] for key in sorted(aggregates, key=lambda key: place(key.script))},
        errors=tuple(sorted(frame.errors + other.errors, key=lambda error: place(error.script))),
    )


def _without(frame: Frame, names: set[str]) -> Frame:
    """A Frame without what it has of these scripts."""
    log, parts, at = [], [], 0
    for part in covering(frame.log, frame.log_parts):
        if part.script not in names:
            log.append(frame.log[at : at + part.size])
            parts.append(part)
        at += part.size
    return replace(
        frame,
        scripts=tuple(script for script in frame.scripts if script.name not in names),
        aggregates={key: data for key, data in frame.aggregates.items() if key.script not in names},
        errors=tuple(error for error in frame.errors if error.script not in names),
        log="".join(log),
        log_parts=bounded(parts) if frame.log_parts else (),
    )
