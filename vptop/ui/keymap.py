# SPDX-License-Identifier: GPL-2.0-or-later
"""Every scope of the dashboard, assembled from the modules that declare them."""

from __future__ import annotations

from vptop.ui.actions import GENERAL, Action, Scope
from vptop.ui.views import VIEWS
from vptop.ui.widgets.lines import LIST
from vptop.ui.widgets.table import TABLE

DIGITS = range(1, 10)
"""Views that a key opens; the tabs and the palette open those behind them, too."""
APP = Scope(
    "Everywhere",
    (
        *(
            Action(
                f"view.{view.id}",
                str(digit) if digit in DIGITS else "",
                f"view('{view.id}')",
                f"{view.title}: {view.help}",
            )
            for digit, view in enumerate(VIEWS, start=1)
        ),
        *GENERAL,
    ),
)
SCOPES: tuple[Scope, ...] = (APP, LIST, TABLE, *(scope for view in VIEWS for scope in view.make.SCOPES))
"""All of them; within one, no two actions share a key."""
LAST_IN_FOOTER = frozenset({"help", "palette", "quit"})
"""Actions at the right end of the footer, which are seen at every width."""
