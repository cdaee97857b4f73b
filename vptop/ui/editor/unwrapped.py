# SPDX-License-Identifier: GPL-2.0-or-later
"""A text whose lines are never wrapped, for Textual's TextArea."""

from __future__ import annotations

from textual.document._document import Location
from textual.document._wrapped_document import WrappedDocument
from textual.expand_tabs import get_tab_widths


class UnwrappedDocument(WrappedDocument):
    """Each line is one row. WrappedDocument would count the rows of the whole text for each line that is drawn."""

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        """Take in the whole text."""
        self._width = width
        self._tab_width = tab_width or self._tab_width
        self._tab_width_cache = [self._tabs(line) for line in self.document.lines]
        self._wrap_offsets, self._offset_to_line_info, self._line_index_to_offsets = [], [], []
        self._number()

    def _number(self) -> None:
        """Each line is the row of its number: where lines were added or taken away, the end changes only."""
        new = range(len(self._wrap_offsets), self.document.line_count)
        self._wrap_offsets += [[] for _ in new]
        self._offset_to_line_info += [(index, 0) for index in new]
        self._line_index_to_offsets += [[index] for index in new]
        for rows in (self._wrap_offsets, self._offset_to_line_info, self._line_index_to_offsets):
            del rows[self.document.line_count :]

    def _tabs(self, line: str) -> list[int]:
        """The widths of the blanks that stand for each tab of a line, and for its end."""
        return [width for _, width in get_tab_widths(line, self._tab_width)] if "\t" in line else [0] * bool(line)

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        """Take in an edit."""
        grown = self.document.line_count - len(self._tab_width_cache)
        first = min(start[0], old_end[0], new_end[0])
        last = max(start[0], new_end[0], old_end[0] + grown)
        lines = self.document.lines[first : last + 1]
        self._tab_width_cache[first : last + 1 - grown] = [self._tabs(line) for line in lines]
        if grown:
            self._number()

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self._offset_to_line_info)
