# SPDX-License-Identifier: GPL-2.0-or-later
"""Opening the dashboard as it was left: view, zoom, theme, filters, orders, columns, aggregates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace
from rich.console import RenderableType
from rich.text import Text

from engine.probes.frame import AggregateId
from vptop.model.filterexpr import Filter, FilterError, parse
from vptop.model.last_session import LastSession, PanelState, read, write
from vptop.model.settings import FILE, Settings, suggestion
from vptop.ui.crash import report
from vptop.ui.render.columns import Choice, Sort
from vptop.ui.scripts import ScriptShell
from vptop.ui.shell import Shell
from vptop.ui.views import VIEWS
from vptop.ui.views.aggregates import AggregatePanel
from vptop.ui.views.overview import Overview
from vptop.ui.views.view import View, Zoom
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
    panels = {name: _state(panel, app.lasting_filter(panel)) for name, panel in _panels(app)}
    chosen = {name: state for name, state in panels.items() if state != PanelState()}
    view = app.view if app.view not in TYPING else ""
    zoomed = next((panel.id for panel in app.active_view.panels if panel.has_class("-zoomed")), None) if view else None
    hidden = tuple(sorted(app.query_one(Overview).hidden))
    return LastSession(app.theme, view, chosen, zoomed or "", hidden, int(app.active_view.zoomed))


def _state(panel: LinePanel[object], chosen: Filter) -> PanelState:
    """What the person chose in a panel, its filter among that."""
    state = PanelState(chosen.text)
    if isinstance(panel, TablePanel):
        sort = Sort("") if panel.lasting_sort == panel.default_sort else panel.lasting_sort
        choice = Choice() if panel.choice == panel.usual else panel.choice
        hidden, order = tuple(sorted(choice.hidden)), choice.order
        state = replace(state, sort=sort.column, reverse=sort.reverse, hidden=hidden, order=order)
    if isinstance(panel, AggregatePanel) and (
        panel.was_chosen or panel.frames or replace(state, filter="") != PanelState()
    ):
        state = replace(state, aggregate=tuple(panel.chosen), frames=panel.frames)
    return state


def _restore(panel: LinePanel[object], state: PanelState) -> None:
    """Show in a panel what the person chose."""
    with suppress(FilterError):
        if state.filter:
            panel.set_filter(parse(state.filter))
    if isinstance(panel, TablePanel):
        panel.sort = Sort(state.sort, state.reverse) if state.sort else panel.sort
        if state.hidden or state.order:  # otherwise the columns are those that the script hints
            panel.choice = Choice(frozenset(state.hidden), state.order)
    if isinstance(panel, AggregatePanel) and state.aggregate != ("", ""):
        panel.restore(AggregateId(*state.aggregate), state.frames)


def restore(app: Shell, session: LastSession, settings: Settings) -> list[str]:
    """Open a dashboard as the settings say, else as it was left. Returns what is wrong with the settings."""
    last = session if settings.restore else LastSession()
    for name, panel in _panels(app):
        _restore(panel, last.panels.get(name, PanelState()))
    app.query_one(Overview).hide(last.hidden)
    views = [row.id for row in VIEWS]
    problems = [
        f"{FILE}: unknown {what} `{name}`; {suggestion(name, known)}"
        for what, name, known in (("theme", settings.theme, app.available_themes), ("view", settings.view, views))
        if name and name not in known
    ]
    app.theme = next((name for name in (settings.theme, last.theme) if name in app.available_themes), app.theme)
    app.show_view(next((name for name in (settings.view, last.view) if name in views), app.view))
    if app.view == last.view:
        zoomed = next((panel for panel in app.active_view.panels if panel.id == last.zoomed), None)
        app.active_view.zoom(zoomed, Zoom.HALF if last.size == Zoom.HALF else Zoom.FULL)
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

    def _fatal_error(self) -> None:
        """Say in a few lines what happened, where Textual would print each frame with its variables.

        The dashboard does not open as it was left then: the same error could end it again.
        """
        self.bell()
        self.panic(Text(report(self._exception or RuntimeError(), self._state.parent if self._state else None)))

    def keep_session(self) -> None:
        """Keep how the dashboard looks for the next start; where that cannot be written, the one before stays."""
        if self._state is not None and self.is_running:
            with suppress(OSError):
                write(self._state, taken(self))
