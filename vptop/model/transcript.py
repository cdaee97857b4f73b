# SPDX-License-Identifier: GPL-2.0-or-later
"""What scripts print: text that arrives in pieces with each Frame."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.probes.frame import Frame
from engine.probes.printed import covering
from vptop.model.plain import TAB, clean

LINES = 10_000

_AGGREGATE = re.compile(r"aggr: \S+ \(\d+ integer keys?\) \(\d+ string keys?\)$|  \S+\[.*\] == avg \d+ count \d+ ")


class Printer(NamedTuple):
    """The probe that printed a line, and on which VCPU (-1: none); no script: that is not known."""

    script: str = ""
    probe: str = ""
    vcpu: int = -1
    line: int = 0
    file: str = ""
    """the file in which the probe's line is, of a script that consists of several"""


NOBODY = Printer()


class Span(NamedTuple):
    """Some characters of the text of a Frame: when they were printed, and by what."""

    size: int
    guest_seconds: float
    by: Printer


def spans(frame: Frame) -> list[Span]:
    """The log of a Frame in parts."""
    states = {script.name: script.probes for script in frame.scripts}
    known: dict[tuple[str, str, int, int], Printer] = {}
    found = []
    for part in covering(frame.log, frame.log_parts):
        which = (part.script, part.probe, part.number, part.vcpu)
        if which not in known:
            here = states.get(part.script, ())[part.number : part.number + 1]
            line, file = next(((one.line, one.file) for one in here if one.name == part.probe), (0, ""))
            known[which] = Printer(part.script, part.probe, part.vcpu, line, file)
        found.append(Span(part.size, part.guest_seconds if part.script else frame.guest_seconds, known[which]))
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text and the Frame it came with."""

    number: int
    """counts from the first line ever"""
    sequence: int
    guest_seconds: float
    text: str
    is_aggregate: bool = False
    """one that logaggr printed; the tables show the same"""
    by: Printer = NOBODY


def _line(number: int, sequence: int, guest_seconds: float, text: str, by: Printer) -> Line:
    return Line(number, sequence, guest_seconds, text, _AGGREGATE.match(text) is not None, by)


def _lines(text: str, parts: Sequence[Span]) -> Iterator[tuple[str, float, Printer]]:
    """The lines of a text, each harmless, with tabs expanded, and when and by what its first character was printed."""
    waiting = iter(parts)
    part = next(waiting, Span(0, 0.0, NOBODY))
    end, at = part.size, 0
    for line in text.split("\n"):
        while at >= end and (after := next(waiting, None)) is not None:
            part, end = after, end + after.size
        yield clean(line.removesuffix("\r").expandtabs(TAB)), part.guest_seconds, part.by
        at += len(line) + 1


def lines_of(frame: Frame, sequence: int) -> list[Line]:
    """What scripts printed in the interval of a Frame, line by line."""
    found = _lines(frame.log.removesuffix("\n"), spans(frame)) if frame.log else ()
    return [_line(number, sequence, seconds, text, by) for number, (text, seconds, by) in enumerate(found)]


class Transcript:
    """Lines with the moment they came; an unfinished last line is completed by what comes next."""

    def __init__(self, most: int = LINES) -> None:
        self._lines: deque[Line] = deque(maxlen=most)
        self._open = False
        self._next = 0

    def add(self, text: str, sequence: int, parts: Sequence[Span]) -> None:
        """Take the text of one Frame."""
        if not text:
            return
        lines = list(_lines(text, parts))
        ended = lines[-1][0] == ""
        if ended:
            lines.pop()
        if self._open and lines and self._lines:
            last = self._lines.pop()
            whole = last.text + lines.pop(0)[0]
            self._lines.append(_line(last.number, last.sequence, last.guest_seconds, whole, last.by))
        for line, seconds, by in lines:
            self._lines.append(_line(self._next, sequence, seconds, line, by))
            self._next += 1
        self._open = not ended

    def replace(self, text: str, sequence: int, parts: Sequence[Span], scripts: Collection[str]) -> None:
        """Put a text behind what is there of the Frame that it belongs to, in place of the lines of these scripts."""
        if any(line.sequence == sequence and line.by.script in scripts for line in self._lines):
            kept = [line for line in self._lines if line.sequence != sequence or line.by.script not in scripts]
            self._open = self._open and kept[-1:] == [self._lines[-1]]
            self._lines = deque(kept, maxlen=self._lines.maxlen)
        place = sum(line.sequence <= sequence for line in self._lines)
        for line, seconds, by in _lines(text.removesuffix("\n"), parts) if text else ():
            if len(self._lines) == self._lines.maxlen:
                self._lines.popleft()
                place -= 1
            if place >= 0:
                self._lines.insert(place, _line(self._next, sequence, seconds, line, by))
            place += 1
            self._next += 1
        if text and place == len(self._lines):
            self._open = not text.endswith("\n")

    def until(self, sequence: int) -> list[Line]:
        """The lines up to and with that Frame."""
        if not self._lines or self._lines[-1].sequence <= sequence:
            return list(self._lines)
        return [line for line in self._lines if line.sequence <= sequence]
