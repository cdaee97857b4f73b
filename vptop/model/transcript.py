# SPDX-License-Identifier: GPL-2.0-or-later
"""Text that arrives in pieces with each Frame: what scripts print, what the guest writes to its console."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

from vptop.model.plain import clean, clean_lines

LINES = 10_000
CONSOLE_LINES = 2_000
CONSOLE_COLUMNS = 400
"""A console line that grows past this is broken."""

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-Z\\^-~])")
_AGGREGATE = re.compile(r"aggr: \S+ \(\d+ integer keys?\) \(\d+ string keys?\)$|  \S+\[.*\] == avg \d+ count \d+ ")


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


def _line(number: int, sequence: int, guest_seconds: float, text: str) -> Line:
    return Line(number, sequence, guest_seconds, text, _AGGREGATE.match(text) is not None)


class Transcript:
    """Lines with the moment they came; an unfinished last line is completed by what comes next."""

    def __init__(self, most: int = LINES) -> None:
        self._lines: deque[Line] = deque(maxlen=most)
        self._open = False
        self._next = 0

    def add(self, text: str, sequence: int, guest_seconds: float) -> None:
        """Take the text of one Frame."""
        if not text:
            return
        lines = clean_lines(text)
        ended = lines[-1] == ""
        if ended:
            lines.pop()
        if self._open and lines and self._lines:
            last = self._lines.pop()
            self._lines.append(_line(last.number, last.sequence, last.guest_seconds, last.text + lines.pop(0)))
        for line in lines:
            self._lines.append(_line(self._next, sequence, guest_seconds, line))
            self._next += 1
        self._open = not ended

    def insert(self, text: str, sequence: int, guest_seconds: float) -> None:
        """Put the text of a Frame that came before others behind that which is there of it."""
        place = sum(line.sequence <= sequence for line in self._lines)
        for line in clean_lines(text.removesuffix("\n")) if text else ():
            if len(self._lines) == self._lines.maxlen:
                self._lines.popleft()
                place -= 1
            if place >= 0:
                self._lines.insert(place, _line(self._next, sequence, guest_seconds, line))
            place += 1
            self._next += 1

    def until(self, sequence: int) -> list[Line]:
        """The lines up to and with that Frame."""
        if not self._lines or self._lines[-1].sequence <= sequence:
            return list(self._lines)
        return [line for line in self._lines if line.sequence <= sequence]


class Console:
    """A serial console as a scroll of lines: carriage return, backspace and line feed act, colours are dropped."""

    def __init__(self, most: int = CONSOLE_LINES) -> None:
        self._lines: deque[str] = deque([""], maxlen=most)
        self._column = 0
        self._rest = ""

    def add(self, text: str) -> None:
        """Take what the guest wrote."""
        text = _ESCAPE.sub("", self._rest + text)
        self._rest = ""
        if "\x1b" in text[-32:]:  # an escape sequence that is not complete yet
            text, _, rest = text.rpartition("\x1b")
            self._rest = "\x1b" + rest
        for part in re.split(r"([\r\n\b])", text):
            self._control(part) if part in ("\r", "\n", "\b") else self._write(part)

    def _control(self, char: str) -> None:
        if char == "\n":
            self._lines.append("")
        self._column = max(0, self._column - 1) if char == "\b" else 0

    def _write(self, part: str) -> None:
        text = "".join(char for char in part.expandtabs(8) if char >= " ")
        while text:
            room = CONSOLE_COLUMNS - self._column
            piece, text = clean(text[:room]), text[room:]
            line = self._lines.pop()
            end = self._column + len(piece)
            self._lines.append(line[: self._column].ljust(self._column) + piece + line[end:])
            self._column = end
            if text:
                self._control("\n")

    @property
    def lines(self) -> list[str]:
        """All lines kept, the one being written last."""
        return list(self._lines)
