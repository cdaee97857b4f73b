# SPDX-License-Identifier: GPL-2.0-or-later
"""Connects the line for find and replace with the text."""

from __future__ import annotations

from collections import defaultdict

from textual.widgets.text_area import Selection

from vptop.ui.editor.area import VpArea
from vptop.ui.editor.search import FindBar, Match, PatternError, find


class Finder:
    """Keeps the matches of a text up to date and goes through them."""

    def __init__(self, area: VpArea, bar: FindBar) -> None:
        self._area = area
        self._bar = bar
        self._matches: list[Match] = []
        self._replaced = 0, "", ""
        """matches that were replaced last, the text that this made, and the pattern"""

    def open(self) -> None:
        """Open the line, with the selected words of one line as the pattern."""
        selected = self._area.selected_text
        self._bar.open(selected if selected.isprintable() else "")

    def refresh(self) -> None:
        """The pattern or the text has changed."""
        try:
            self._matches = find(self._area.text, self._bar.pattern, self._bar.replacement)
        except PatternError as error:
            self._matches = []
            self._bar.say(str(error))
        else:
            self._say()
        marked: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for match in self._matches:
            marked[match.row].append((match.start, match.end))
        if marked or self._area.marks.found:
            self._area.marks.found = marked
            self._area.redraw()

    def step(self, step: int) -> None:
        """Select the next (1) or previous (-1) match, around the ends of the text."""
        if not self._matches:
            return
        start, end = sorted(self._area.selection)
        later = [match for match in self._matches if (match.row, match.start) >= end]
        earlier = [match for match in self._matches if (match.row, match.end) <= start]
        ordered = [*later, *self._matches] if step > 0 else [*reversed(earlier), *reversed(self._matches)]
        self._select(ordered[0])

    def replace(self, *, every: bool) -> int:
        """Replace the selected match and go to the next, or replace every match.

        Returns:
            The number of matches that were replaced.
        """
        if every:
            return self._replace_all()
        match = self._current()
        if match is None:
            self.step(1)
            return 0
        self._area.replace(match.replacement, (match.row, match.start), (match.row, match.end))
        after = (match.row, match.start + len(match.replacement))
        self._area.selection = Selection(after, after)
        self.refresh()
        self.step(1)
        return 1

    def _replace_all(self) -> int:
        lines = self._area.text.split("\n")
        for match in reversed(self._matches):
            line = lines[match.row]
            lines[match.row] = line[: match.start] + match.replacement + line[match.end :]
        replaced = len(self._matches)
        if replaced:
            cursor = self._area.cursor_location
            self._area.replace("\n".join(lines), (0, 0), self._area.document.end)  # one step of undo
            self._area.move_cursor(cursor)
            self._replaced = replaced, self._area.text, self._bar.pattern
            self.refresh()
        return replaced

    def _current(self) -> Match | None:
        start, end = sorted(self._area.selection)
        return next((one for one in self._matches if ((one.row, one.start), (one.row, one.end)) == (start, end)), None)

    def _select(self, match: Match) -> None:
        self._area.selection = Selection((match.row, match.start), (match.row, match.end))
        self._area.scroll_cursor_visible(center=True)
        self._say()

    def _say(self) -> None:
        if not self._bar.pattern:
            self._bar.say("")
            return
        replaced, text, pattern = self._replaced
        if replaced and (text, pattern) == (self._area.text, self._bar.pattern):
            self._bar.say(f"{replaced} replaced")
            return
        current = self._current()
        at = f"{self._matches.index(current) + 1}/" if current else ""
        self._bar.say(f"{at}{len(self._matches)} found")
