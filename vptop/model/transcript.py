# SPDX-License-Identifier: GPL-2.0-or-later
"""What scripts print: text that arrives in pieces with each Frame."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from engine.probes.frame import Frame
from engine.probes.printed import covering
from vptop.model.plain import TAB, clean

LINES = 10_000
"""Lines that are kept, and as many of aggregates."""


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
    is_aggregate: bool = False


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
        seconds = part.guest_seconds if part.script else frame.guest_seconds
        found.append(Span(part.size, seconds, known[which], part.is_aggregate))
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


class _Stretch(NamedTuple):
    """Lines whose first characters one firing printed."""

    begin: int
    end: int
    number: int
    """of the first line"""
    lines: int
    span: Span


class Piece:
    """What came with one Frame. Lines are told apart when somebody wants them: an aggregate may have a million."""

    def __init__(self, sequence: int, number: int, text: str, parts: Sequence[Span], most: int = LINES) -> None:
        """`number`: of the first line; `most`: lines that are wanted of its end, and as many of aggregates."""
        self.sequence = sequence
        self.open = text[-1:] not in ("", "\n")
        """the last line is not complete"""
        self.size = text.count("\n") + self.open
        """how many lines there are"""
        self._number, self._text, self._parts, self._most = number, text, [*parts], most
        self._printed: list[Line] | None = None
        self._aggregates: list[Line] | None = None

    @property
    def printed(self) -> list[Line]:
        """Lines that logaggr did not print."""
        if self._printed is None:
            self._printed = self._lines(is_aggregate=False)
        return self._printed

    @property
    def aggregates(self) -> list[Line]:
        """Lines that logaggr printed."""
        if self._aggregates is None:
            self._aggregates = self._lines(is_aggregate=True)
        return self._aggregates

    @property
    def count(self) -> int:
        """How many lines logaggr did not print."""
        if self._printed is None and not any(part.is_aggregate for part in self._parts):
            return min(self.size, self._most)
        return len(self.printed)

    @property
    def hidden(self) -> int:
        """How many lines logaggr printed."""
        if not self._text:
            return len(self.aggregates)
        return sum(stretch.lines for stretch in self._stretches() if stretch.span.is_aggregate)

    def lines(self, *, aggregates: bool) -> list[Line]:
        """All of them in order, or without those of aggregates."""
        if not aggregates or not self.aggregates:
            return self.printed
        return sorted([*self.printed, *self.aggregates], key=lambda line: line.number)

    def complete(self, text: str) -> None:
        """More of the last line, perhaps its end."""
        self.open = not text.endswith("\n")
        if self._text:
            self._text += text
            self._parts.append(Span(len(text), 0.0, NOBODY))
            self._printed = self._aggregates = None
            return
        found = max(filter(None, (self.printed, self.aggregates)), key=lambda lines: lines[-1].number)
        found[-1] = replace(found[-1], text=found[-1].text + _harmless(text))

    def settle(self, printed: list[Line], aggregates: list[Line]) -> None:
        """These are the lines from now on."""
        self._text, self._parts = "", []
        self._printed, self._aggregates = printed, aggregates
        self.size = len(printed) + len(aggregates)

    def _lines(self, *, is_aggregate: bool) -> list[Line]:
        found: list[list[Line]] = []
        room = self._most
        for stretch in reversed([one for one in self._stretches() if one.span.is_aggregate is is_aggregate]):
            if not room:
                break
            texts = self._text[stretch.begin : stretch.end].removesuffix("\n").rsplit("\n", room)[-room:]
            room -= len(texts)
            first, span = stretch.number + stretch.lines - len(texts), stretch.span
            found.append(
                [
                    Line(number, self.sequence, span.guest_seconds, _harmless(text), is_aggregate, span.by)
                    for number, text in enumerate(texts, first)
                ]
            )
        return [line for lines in reversed(found) for line in lines]

    def _stretches(self) -> Iterator[_Stretch]:
        at = end = 0
        text, number = self._text, self._number
        for span in self._parts:
            end += span.size
            if at >= min(end, len(text)):
                continue
            behind = end if text[end - 1 : end] == "\n" else text.find("\n", end) + 1 or len(text)
            lines = text.count("\n", at, behind) + (text[behind - 1] != "\n")
            yield _Stretch(at, behind, number, lines, span)
            at, number = behind, number + lines


def _harmless(line: str) -> str:
    """A line without control characters and its end, tabs expanded."""
    return clean(line.removesuffix("\n").removesuffix("\r").expandtabs(TAB))


def lines_of(frame: Frame, sequence: int) -> list[Line]:
    """What scripts printed in the interval of a Frame, line by line, without what logaggr printed."""
    return piece_of(frame, sequence, len(frame.log)).printed


def piece_of(frame: Frame, sequence: int, most: int = LINES) -> Piece:
    """What scripts printed in the interval of a Frame; `most` as of a Piece."""
    return Piece(sequence, 0, frame.log, spans(frame), most)


class Transcript:
    """Lines with the moment they came; an unfinished last line is completed by what comes next."""

    def __init__(self, most: int = LINES) -> None:
        self._pieces: list[Piece] = []
        self._most = most
        self._next = 0
        self.has_forgotten = False
        """some of the oldest lines are gone"""

    def add(self, text: str, sequence: int, parts: Sequence[Span]) -> None:
        """Take the text of one Frame."""
        if text and self._pieces and self._pieces[-1].open:
            rest = text.find("\n") + 1 or len(text)
            self._pieces[-1].complete(text[:rest])
            text, parts = text[rest:], _without_beginning(parts, rest)
        if text:
            self._pieces.append(self._piece(sequence, text, parts))
            self._let_go()

    def _piece(self, sequence: int, text: str, parts: Sequence[Span]) -> Piece:
        made = Piece(sequence, self._next, text, parts, self._most)
        self._next += made.size
        return made

    def _let_go(self) -> None:
        """Forget the oldest lines. Text goes when newer pieces have enough lines, with those of aggregates."""
        printed = every = 0
        for index in range(len(self._pieces) - 1, -1, -1):
            piece = self._pieces[index]
            if printed >= self._most:
                del self._pieces[: index + 1]
                self.has_forgotten = True
                return
            if every >= self._most:
                piece.settle(piece.printed, [])
                self.has_forgotten = True
            printed += piece.count
            every += piece.size

    def replace(self, text: str, sequence: int, parts: Sequence[Span], scripts: Collection[str]) -> None:
        """Put a text behind what is there of the Frame that it belongs to, in place of the lines of these scripts."""
        place = sum(piece.sequence <= sequence for piece in self._pieces)
        made, kept = self._piece(sequence, text, parts), self._pieces[place - 1] if place else None
        if kept is not None and kept.sequence == sequence:
            last = kept.lines(aggregates=True)[-1:]
            goes_on = kept.open and all(line.by.script not in scripts for line in last)
            printed, aggregates = (
                [line for line in lines if line.by.script not in scripts] for lines in (kept.printed, kept.aggregates)
            )
            kept.settle([*printed, *made.printed], [*aggregates, *made.aggregates])
            kept.open = made.open if text else goes_on
        elif text:
            self._pieces.insert(place, made)
        self._let_go()

    def until(self, sequence: int, *, aggregates: bool = False) -> list[Line]:
        """The lines up to and with that Frame; those that logaggr printed only if they are wanted."""
        found: list[list[Line]] = []
        most = room = 2 * self._most if aggregates else self._most
        for piece in reversed(self._pieces):
            if piece.sequence <= sequence and room > 0:
                found.append(piece.lines(aggregates=aggregates))
                room -= len(found[-1])
        return [line for lines in reversed(found) for line in lines][-most:]

    def hidden(self, sequence: int) -> int:
        """How many lines up to and with that Frame are known that logaggr printed."""
        return sum(piece.hidden for piece in self._pieces if piece.sequence <= sequence)


def _without_beginning(parts: Sequence[Span], size: int) -> list[Span]:
    """The parts of a text that has lost so many characters at its beginning."""
    kept = []
    for part in parts:
        gone = min(size, part.size)
        size -= gone
        if gone < part.size:
            kept.append(part._replace(size=part.size - gone))
    return kept
