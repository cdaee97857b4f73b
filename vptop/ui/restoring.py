# SPDX-License-Identifier: GPL-2.0-or-later
"""Opening the dashboard as it was left: view, theme, filters and orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from rich.console import RenderableType

from vptop.model.filterexpr import FilterError, parse
from vptop.model.last_session import LastSession, PanelState, read, write
from vptop.model.settings import FILE, Settings, suggestion
from vptop.ui.render.columns import Sort
from vptop.ui.scripts import ScriptShell
from vptop.ui.shell import Shell
from vptop.ui.views import VIEWS
from vptop.ui.views.view import View
from vptop.ui.widgets.lines import LinePanel
from vptop.ui.widgets.table import TablePanel

TYPING = frozenset({"edit"})
"""Views in which the first keys of the next session would be text: it does not open with them."""


def _panels(app: Shell) -> Iterator[tuple[str, LinePanel[object]]]:
    for view in app.query(View):
        for panel in view.query(LinePanel):
            yield f"{view.id}/{panel.id}", panel


def taken(app: Shell) -> LastSession:
    """What the person chose, of a dashboard that runs."""
    panels = {}
    for name, panel in _panels(app):
        usual = not isinstance(panel, TablePanel) or panel.sort == panel.default_sort
        sort = Sort("") if usual or not isinstance(panel, TablePanel) else panel.sort
        panels[name] = PanelState(panel.filter.text, sort.column, sort.reverse)
    chosen = {name: state for name, state in panels.items() if state != PanelState()}
    view = app.view if app.view not in TYPING else ""
    return LastSession(app.theme, view, chosen)


def restore(app: Shell, session: LastSession, settings: Settings) -> list[str]:
    """Open a dashboard as the settings say, else as it was left. Returns what is wrong with the settings."""
    last = session if settings.restore else LastSession()
    for name, panel in _panels(app):
        state = last.panels.get(name, PanelState())
        with suppress(FilterError):
            panel.filter = parse(state.filter)
        if state.sort and isinstance(panel, TablePanel):
            panel.sort = Sort(state.sort, state.reverse)
    views = [row.id for row in VIEWS]
    problems = [
        f"{FILE}: unknown {what} `{name}`; {suggestion(name, known)}"
        for what, name, known in (("theme", settings.theme, app.available_themes), ("view", settings.view, views))
        if name and name not in known
    ]
    app.theme = next((name for name in (settings.theme, last.theme) if name in app.available_themes), app.theme)
    app.show_view(next((name for name in (settings.view, last.view) if name in views), app.view))
    return problems


class RestoringShell(ScriptShell):
    """A dashboard that opens as it was left."""

    _state: Path | None = None
    problems: Sequence[str] = ()
    """what is wrong with the user's settings"""

    def remember(self, state: Path, problems: Sequence[str]) -> None:
        """Open as the last session ended, and keep this one for the next.

        Args:
            state: file that holds the last session.
            problems: what is wrong with the settings; it is shown once the machine runs.
        """
        self._state, self.problems = state, problems

    def on_ready(self) -> None:
        """Everything stands: open it as it was left."""
        if self._state is not None:
            self.problems = [*self.problems, *restore(self, read(self._state), self.settings)]

    def say_problems(self) -> None:
        """Show what is wrong with the settings, else nothing, in the line below the panels."""
        more = f" (and {len(self.problems) - 1} more; `vptop settings` lists them)" if len(self.problems) > 1 else ""
        self.say(f"{self.problems[0]}{more}" if self.problems else "", "warn" if self.problems else "")

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Keep how the dashboard looks, then end."""
        self.keep_session()
        super().exit(result, return_code, message)

    def keep_session(self) -> None:
        """Keep how the dashboard looks for the next start; where that cannot be written, the one before stays."""
        if self._state is not None and self.is_running:
            with suppress(OSError):
                write(self._state, taken(self))
