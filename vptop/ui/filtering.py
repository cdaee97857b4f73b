# SPDX-License-Identifier: GPL-2.0-or-later
"""Typing a filter for a panel."""

from __future__ import annotations

from textual import on
from textual.widgets import Input

from vptop.model.filterexpr import FilterError, parse
from vptop.ui.shell import Shell
from vptop.ui.widgets.messages import MessageBar


class FilteringShell(Shell):
    """A Shell whose panels are filtered while a person types."""

    _was_wrong = False
    """the line of messages tells what is wrong with the filter"""

    def action_filter(self) -> None:
        """Type a filter for the panel."""
        if (panel := self.panel) is None:
            return
        entry = self._show_entry(shown=True)
        entry.value = panel.filter.text
        self.screen.set_focus(entry)

    def _show_entry(self, *, shown: bool) -> Input:
        """Show the entry in the place of the line of messages while that is empty: the panels keep their size."""
        entry = self.query_one("#filter", Input)
        entry.display = shown
        self.query_one(MessageBar).set_class(shown, "-filtering")
        return entry

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        """Filter by what is typed; a filter that has been kept or cleared since is not typed any more."""
        if event.input.display:
            self._filter_by(event.value)

    def _filter_by(self, text: str) -> None:
        """Filter the panel; what cannot be understood leaves the filter as it is."""
        if (panel := self.panel) is None:
            return
        try:
            panel.set_filter(parse(text))
        except FilterError as error:
            self._was_wrong = True
            self.say(str(error), "warn")
        else:
            self._right()

    def _right(self) -> None:
        if self._was_wrong:
            self._was_wrong = False
            self.say("")

    def action_keep_filter(self) -> None:
        """Close the entry; while there is a mistake in it, it stays open."""
        self._filter_by(self.query_one("#filter", Input).value)
        if not self._was_wrong:
            self._close_filter()

    def _close_filter(self) -> None:
        self._right()
        self._show_entry(shown=False)
        if (panel := self.panel) is not None:
            self.screen.set_focus(panel)

    def action_view(self, view: str) -> None:
        """Show a view; a filter that is being typed is dropped."""
        if self.query_one("#filter", Input).display:
            self.action_clear()
        super().action_view(view)

    def action_clear(self) -> None:
        """Undo the last restriction, first the filter being typed."""
        entry = self.query_one("#filter", Input)
        if entry.display:
            entry.value = ""
            self._filter_by("")
            self._close_filter()
        else:
            super().action_clear()
