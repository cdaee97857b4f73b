# SPDX-License-Identifier: GPL-2.0-or-later
"""The names of a moment in the command palette."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.markup import escape
from textual.command import Hit, Hits, Provider
from textual.content import Content

from vptop.model.names import Names
from vptop.model.plain import clean

if TYPE_CHECKING:
    from vptop.ui.times import TimeShell

AFTER_COMMANDS = 0.7
"""Share of its score that a name has: `latency` is the view before it is `latency_us`, `stacks` before an aggregate."""


class NameProvider(Provider):
    """Aggregates, probes, processes, functions and moments, as `:` offers them; choosing one goes there."""

    _names: Names | None = None

    @property
    def _shell(self) -> TimeShell:
        app: TimeShell = self.app  # type: ignore[assignment]
        return app

    async def startup(self) -> None:
        """The moment is the one that is shown now."""
        if (moment := self._shell.session.moment()) is not None:
            self._names = Names(moment)

    async def search(self, query: str) -> Hits:
        """What holds the text, as like it as the palette finds its commands."""
        if self._names is None:
            return
        matcher = self.matcher(query)
        for text, what in self._names.like(query):
            shown = clean(text)
            at, style = shown.lower().find(query.lower()), self.match_style or "bold"
            drawn = Content(shown).stylize(style, at, at + len(query)) if at >= 0 else Content(shown)
            go = partial(self._shell.go_to, self._names.moment, text)
            yield Hit(AFTER_COMMANDS * matcher.match(shown), drawn, go, text=shown, help=escape(what))
