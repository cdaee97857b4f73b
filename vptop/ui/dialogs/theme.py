# SPDX-License-Identifier: GPL-2.0-or-later
"""Choose a theme and see it before it is taken."""

from __future__ import annotations

from textual import on
from textual.app import App
from textual.widgets import OptionList

from vptop.ui.dialogs.pick import PickScreen
from vptop.ui.themes import THEMES


class ThemeScreen(PickScreen):
    """The themes, those of vptop first. The one under the cursor is shown; Esc leaves the one that was."""

    def __init__(self, app: App[None]) -> None:
        own = [theme.name for theme in THEMES]
        names = [*own, *sorted(name for name in app.available_themes if name not in own)]
        super().__init__("Theme", [(name, name) for name in names], app.theme)

    @on(OptionList.OptionHighlighted)
    def _try(self, event: OptionList.OptionHighlighted) -> None:
        """Show it."""
        self.app.theme = self._choices[event.option_index][0]


def choose_theme(app: App[None]) -> None:
    """Let the person choose a theme."""
    before = app.theme

    def chosen(name: str | None) -> None:
        app.theme = name or before

    app.push_screen(ThemeScreen(app), chosen)
