# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of diagnostics beside the text."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from textual.message import Message
from textual.strip import Strip

from engine.vm.protocol import Place
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.ui.actions import key_of
from vptop.ui.editor.actions import EDITOR
from vptop.ui.editor.marks import GLYPHS, severity_style
from vptop.ui.editor.wordline import remedies
from vptop.ui.render.columns import highlighted
from vptop.ui.render.fit import Piece, strip
from vptop.ui.widgets.lines import LinePanel


class ProblemPanel(LinePanel[Place]):
    """Diagnostics of the text as it stands."""

    empty = "nothing is wrong"

    class Chosen(Message):
        """The person wants to see that place."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    def __init__(self) -> None:
        super().__init__("Problems", id="problems")
        self.places: Sequence[Place] = ()

    def set_places(self, places: Sequence[Place]) -> None:
        """These are wrong now."""
        self.places = places
        self.show(self.moment)

    def update_rows(self) -> None:
        """Diagnostics belong to the text, not to a moment of the machine."""
        self.rows = self.places
        self.cursor = max(0, min(self.cursor, len(self.rows) - 1))
        self._fit()
        self.refresh()

    def collect(self, moment: Moment) -> Sequence[Place]:
        """All of them."""
        return self.places

    def key(self, row: Place) -> Hashable:
        """Its place."""
        return row.line, row.column, row.code

    def title_text(self) -> str:
        """How many."""
        return f"Problems {len(self.places)}" if self.places else "Problems"

    def status(self) -> str:
        """How to go through them."""
        return f"{key_of(self.app, 'problem.next', EDITOR.actions)} next" if self.places else ""

    def draw(self, row: Place, index: int, width: int, *, cursor: bool) -> Strip:
        """Place, code, message, and what would be right."""
        right = next(iter(remedies(row, key_of(self.app, "edit.fix", EDITOR.actions))), "")
        pieces: list[Piece] = [
            (f"{GLYPHS[row.severity]} {row.line}:{row.column} ", severity_style(row.severity, self.palette)),
            (f"{row.code} ", self.palette.dim),
            (clean(row.message), self.palette.text),
            (f" \u2013 {clean(right)}" if right else "", self.palette.good),
        ]
        made = strip(pieces, width)
        return highlighted(made, self.palette) if cursor else made

    def action_open(self) -> None:
        """Go to the place."""
        if (place := self.current) is not None:
            self.post_message(self.Chosen(place))
