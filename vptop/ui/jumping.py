# SPDX-License-Identifier: GPL-2.0-or-later
"""What a jump can go to: the views, the panels, and the rows of the panel that has the focus."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.geometry import Offset

from vptop.ui.dialogs.jump import Spot
from vptop.ui.widgets.chrome import TabBar
from vptop.ui.widgets.lines import LinePanel

if TYPE_CHECKING:
    from vptop.ui.shell import Shell


def spots_of(app: Shell) -> list[Spot]:
    """The places on screen that a label can stand at, the views first, then panels, then rows."""
    bar = app.query_one(TabBar)
    found = [
        Spot(bar.region.offset + Offset(left, 0), partial(app.action_view, view))
        for left, view in (bar.spots() if bar.display else ())
    ]
    for widget in app.screen.focus_chain:
        corner = widget.region.offset + Offset(1, 0)
        found.append(Spot(corner, partial(app.screen.set_focus, widget)))
    panel = app.focused
    if isinstance(panel, LinePanel):
        found += [Spot(panel.content_region.offset + place, go) for place, go in panel.spots()]
    return [spot for spot in found if app.screen.region.contains_point(spot.at)]
