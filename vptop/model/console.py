# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's serial console: a terminal of 80 by 25 cells, by ECMA-48 and the DEC VT102, and what scrolled off it.

pyte keeps the screen. What the guest sends is untrusted and goes through `_admitted` first: pyte takes only sequences
of a form that it knows, and no string or number grows without bound.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from copy import copy
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from unicodedata import combining

import pyte
from pyte.charsets import LAT1_MAP
from pyte.modes import DECAWM, IRM
from pyte.screens import Char, Cursor, StaticDefaultDict
from wcwidth import wcwidth

from vptop.model.plain import clean

COLUMNS, ROWS = 80, 25
"""of the screen, as engine.machine.terminal reports it to the guest"""
SCROLLBACK = 2_000
"""lines kept of those that scrolled off the screen"""
GLANCE = 1 << 13
"""Characters that are enough for a glance at the past: a hundred lines. They take 30 ms."""
BURST = 1 << 15
"""characters of one Frame that are shown: the last ones"""

_SEQUENCE = re.compile(
    r"\x1b\[(?P<parameters>[0-?]*)(?P<between>[ -/]*)(?P<final>[@-~])"  # control sequence
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"  # control string
    r"|\x1b(?P<escape>[ -/]*[0-OQ-WYZ\\`-~])"  # escape sequence
    r"|(?P<control>[\x00-\x07\x10-\x1a\x1c-\x1f\x7f-\x9f])"  # what no terminal shows
)
_NUMBER = re.compile(r"[0-9]*")
_OPEN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)?\Z")
"""A sequence whose end has not come yet."""
_LONGEST = 256
"""Characters of a sequence that are waited for; a longer one is shown."""
_ESCAPES = frozenset(["c", "D", "E", "H", "M", "7", "8", "#8", "(0", "(B", ")0", ")B"])
"""Escape sequences of the VT102 that act on the screen, without the ESC."""
_PARAMETERS: Mapping[str, int] = {
    **dict.fromkeys("@ABCDEFGLMPXade`gJK'", 1),
    **dict.fromkeys("Hfr", 2),
    "m": 16,
    "h": 8,
    "l": 8,
}
"""How many parameters a control sequence has at most, by its final byte."""
_ERASED = frozenset(["", "0", "1", "2"])
"""What ED and EL erase: from the cursor, up to it, all."""
_MODES = frozenset(["5", "6", "7", "25"])
"""Private modes that pyte has: reverse screen, origin, wrap, cursor."""
_ALTERNATE = frozenset(["47", "1047", "1049"])
"""Private modes of xterm that show a second screen."""


class Look(NamedTuple):
    """How characters are drawn; a colour is a name of pyte's, six hexadecimal digits, or `default`."""

    color: str = "default"
    ground: str = "default"
    bold: bool = False
    underlined: bool = False
    reverse: bool = False


PLAIN = Look()
_LOOK = attrgetter("fg", "bg", "bold", "underscore", "reverse")
_CHARACTER = attrgetter("data")


class Row(NamedTuple):
    """A line of the console: pieces of text, none empty, and how each is drawn."""

    pieces: tuple[tuple[str, Look], ...] = ()

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(text for text, _ in self.pieces)


class _Cells(dict[str, Char]):
    """Cells with the same attributes, by character."""

    def __init__(self, attributes: Char) -> None:
        super().__init__()
        self.attributes = attributes

    def __missing__(self, character: str) -> Char:
        self[character] = cell = self.attributes._replace(data=character)
        return cell


class _Screen(pyte.Screen):
    """A screen that keeps what scrolls off, or is erased with the whole screen."""

    def __init__(self) -> None:
        self.kept: deque[Row] = deque(maxlen=SCROLLBACK)
        self._first: tuple[dict[int, StaticDefaultDict[int, Char]], Cursor] | None = None
        """the first screen while the second one is shown"""
        self._cells = _Cells(Char(" "))
        super().__init__(COLUMNS, ROWS)

    def draw(self, data: str) -> None:
        """Write ASCII, most of what a console gets, without making a cell of each character anew."""
        mapped = self.g1_charset if self.charset else self.g0_charset
        if not data.isascii() or mapped is not LAT1_MAP or IRM in self.mode or DECAWM not in self.mode:
            super().draw(data)
            return
        cursor = self.cursor
        if self._cells.attributes is not cursor.attrs:
            self._cells = _Cells(cursor.attrs)
        while data:
            if cursor.x >= COLUMNS:
                self.carriage_return()
                self.linefeed()
            piece, data = data[: COLUMNS - cursor.x], data[COLUMNS - cursor.x :]
            end = cursor.x + len(piece)
            self.buffer[cursor.y].update(zip(range(cursor.x, end), map(self._cells.__getitem__, piece), strict=True))
            cursor.x = end

    def reset(self) -> None:
        self._keep()
        self._first = None
        super().reset()

    def index(self) -> None:
        if self.cursor.y == ROWS - 1 and self.margins is None and self._first is None:
            self.kept.append(_row(self.buffer[0]))
        super().index()

    def save_cursor(self) -> None:
        self.savepoints.clear()  # one place is saved; in pyte the list of them is endless
        super().save_cursor()

    def erase_in_display(self, how: int = 0, *_args: object, **_kwargs: object) -> None:
        if how == 2:
            self._keep()
        super().erase_in_display(how)

    def show_second(self, second: bool) -> None:
        """Show the second screen, empty, or the first one again."""
        if second and self._first is None:
            self._first = {y: copy(line) for y, line in self.buffer.items()}, copy(self.cursor)
            super().erase_in_display(2)
        elif not second and self._first is not None:
            lines, self.cursor = self._first
            self._first = None
            self.buffer.clear()
            self.buffer.update(lines)

    def rows(self) -> list[Row]:
        """The lines of the screen down to the last one with text, or with the cursor."""
        rows = [_row(self.buffer[y]) for y in range(ROWS)]
        return rows[: max([self.cursor.y, *(y for y, row in enumerate(rows) if row.pieces)]) + 1]

    def _keep(self) -> None:
        if hasattr(self, "cursor") and self._first is None:
            self.kept.extend(row for row in self.rows() if row.pieces)


class Console:
    """A serial console: `add` takes what the guest wrote, `rows` and `lines` are what it shows."""

    def __init__(self) -> None:
        self._screen = _Screen()
        self._stream = pyte.Stream(self._screen)
        self._stream.use_utf8 = False  # sets of line-drawing characters are valid
        self._rest = ""
        self._previewed = 0
        """characters of the next Frame's text that are shown"""
        self._rows: list[Row] | None = None
        """once asked for, until something is written"""
        self._returns = False
        """whether the guest sends a carriage return of its own with each line feed"""

    def add(self, text: str) -> None:
        """Take what the guest wrote since the last Frame."""
        self._take(text[self._previewed :])
        self._previewed = 0

    def preview(self, at: int, text: str) -> None:
        """Take a part of what the next Frame's text begins with.

        Args:
            at: where in that text it is; when it does not continue what is shown, it is left for the Frame.
            text: what the guest wrote.
        """
        if at == self._previewed:
            self._take(text)
            self._previewed += len(text)

    def _take(self, text: str) -> None:
        if not text:
            return
        self._rows = None
        self._returns |= "\r" in text
        text = self._rest + text[-BURST:]
        open_sequence = _OPEN.search(text, max(0, len(text) - _LONGEST))
        self._rest = open_sequence[0] if open_sequence else ""
        for part in self._admitted(text.removesuffix(self._rest)):
            self._stream.feed(part if self._returns else part.replace("\n", "\r\n"))

    @property
    def rows(self) -> list[Row]:
        """All lines kept, at least one; those of the screen come last."""
        if self._rows is None:
            self._rows = [*self._screen.kept, *self._screen.rows()]
        return self._rows

    @property
    def lines(self) -> list[str]:
        """The text of all lines kept."""
        return [row.text for row in self.rows]

    @property
    def cursor(self) -> tuple[int, int]:
        """Index in `rows`, and column, of the cell where the guest writes next."""
        return len(self._screen.kept) + self._screen.cursor.y, min(self._screen.cursor.x, COLUMNS - 1)

    def _admitted(self, text: str) -> Iterable[str]:
        """Parts of a text that pyte can take; between two of them the screen may have been switched."""
        at = 0
        for match in _SEQUENCE.finditer(text):
            yield _visible(text[at : match.start()])
            at = match.end()
            if match["escape"] in _ESCAPES:
                yield match[0]
            elif match["final"]:
                yield self._controlled(match["parameters"], match["final"] if not match["between"] else "")
        yield _visible(text[at:])

    def _controlled(self, parameters: str, final: str) -> str:
        private, numbers = parameters.startswith("?"), parameters.removeprefix("?").split(";")
        if final not in _PARAMETERS or not all(_NUMBER.fullmatch(number) for number in numbers):
            return ""
        if final in ("J", "K") and numbers[0] not in _ERASED:
            return ""
        if private:
            if final not in ("h", "l"):
                return ""
            if not _ALTERNATE.isdisjoint(numbers):
                self._screen.show_second(final == "h")
            numbers = [number for number in numbers if number in _MODES]
            if not numbers:
                return ""
        words = ";".join(number[:4] for number in numbers[: _PARAMETERS[final]])
        return f"\x1b[{'?' if private else ''}{words}{final}"


def written(text: str, most: int = BURST) -> Console:
    """The console after the guest wrote that; of a longer text the lines in so many last characters of it."""
    console = Console()
    console.add(text if len(text) <= most else text[-most:].partition("\n")[2])
    return console


def _visible(text: str) -> str:
    """The text without characters that have no width and combine with none."""
    if text.isascii():
        return text.replace("\x1b", "")
    return "".join(char for char in text if char < " " or wcwidth(char) > 0 or combining(char)).replace("\x1b", "")


def _row(line: StaticDefaultDict[int, Char]) -> Row:
    """A line of pyte's, without the blanks at its end."""
    cells = [line[x] for x in range(max(line, default=-1) + 1)]
    pieces = [(clean("".join(map(_CHARACTER, run))), Look(*look)) for look, run in groupby(cells, key=_LOOK)]
    while pieces and pieces[-1][1] == PLAIN and not pieces[-1][0].rstrip():
        pieces.pop()
    if pieces and pieces[-1][1] == PLAIN:
        pieces[-1] = pieces[-1][0].rstrip(), PLAIN
    return Row(tuple(piece for piece in pieces if piece[0]))
