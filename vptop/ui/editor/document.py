# SPDX-License-Identifier: GPL-2.0-or-later
"""Long texts for Textual's TextArea: an edit costs what it changes, and lines are never wrapped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar, cast, overload

from textual.document._document import Document, DocumentBase, EditResult, Location
from textual.document._wrapped_document import WrappedDocument
from textual.expand_tabs import get_tab_widths
from textual.geometry import Size

from vptop.ui.render.fit import width_of

T = TypeVar("T")


class LongDocument(Document):
    """A text that remembers how wide its lines are. Document would measure all of them after each edit."""

    def __init__(self, text: str, tab_width: int) -> None:
        """`tab_width`: columns from one tab stop to the next."""
        super().__init__(text)
        self._tab_width = tab_width
        self._whole: str | None = text
        self._widths = self._measured(self._lines)

    @property
    def text(self) -> str:
        """The whole text; TextArea asks for it with each line that it draws."""
        if self._whole is None:
            self._whole = super().text
        return self._whole

    def get_size(self, tab_width: int) -> Size:
        """The cells of the widest line, and the number of lines."""
        if tab_width != self._tab_width:
            self._tab_width = tab_width
            self._widths = self._measured(self._lines)
        return Size(max(self._widths), len(self._widths))

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        """Put a text in the place of another."""
        self._whole = None
        result = super().replace_range(start, end, text)
        (first, _), (last, _) = sorted((start, end))
        self._widths[first : last + 1] = self._measured(self._lines[first : result.end_location[0] + 1])
        return result

    def get_text_range(self, start: Location, end: Location) -> str:
        """The text between two places; Document would copy all of it for each of its lines."""
        (first, column), (last, end_column) = sorted((start, end))
        if first == last:
            return self._lines[first][column:end_column]
        between = self._lines[first + 1 : last]
        return self.newline.join((self._lines[first][column:], *between, self._lines[last][:end_column]))

    def _measured(self, lines: Sequence[str]) -> list[int]:
        """The cells of each of some lines."""
        together = "".join(lines)
        if together.isascii() and "\t" not in together:
            return list(map(len, lines))
        return [width_of(line.expandtabs(self._tab_width)) for line in lines]


class _Rows(Sequence[T]):
    """Something that the number of a line tells, for each line of a text."""

    def __init__(self, document: DocumentBase, of: Callable[[int], T]) -> None:
        self._document, self._of = document, of

    def __len__(self) -> int:
        return self._document.line_count

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        at = range(len(self))[index]
        return self._of(at) if isinstance(at, int) else [self._of(each) for each in at]


class UnwrappedDocument(WrappedDocument):
    """Each line is one row. WrappedDocument would count the rows of the whole text for each line that is drawn."""

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        """Rows follow from the text; there is nothing to keep of it."""
        self._width = width
        self._tab_width = tab_width or self._tab_width
        self._wrap_offsets = cast("list[list[int]]", _Rows[list[int]](self.document, lambda _: []))
        self._offset_to_line_info = cast("list[tuple[int, int]]", _Rows(self.document, lambda line: (line, 0)))
        self._line_index_to_offsets = cast("list[list[int]]", _Rows(self.document, lambda line: [line]))

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        """An edit needs no more."""

    def get_tab_widths(self, line_index: int) -> list[int]:
        """The widths of the blanks that stand for each tab of a line, and for its end."""
        return [width for _, width in get_tab_widths(self.document.get_line(line_index), self._tab_width)]

    @property
    def height(self) -> int:
        """The number of rows."""
        return self.document.line_count
