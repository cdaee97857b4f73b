# SPDX-License-Identifier: GPL-2.0-or-later
"""What scripts print."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.strip import Strip

from vptop.model.cause import of_line
from vptop.model.session import Moment
from vptop.model.transcript import Line
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.render import numbers
from vptop.ui.render.columns import highlighted
from vptop.ui.render.fit import Piece, strip
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.leads import Lead, why_leads
from vptop.ui.widgets.lines import LIST, LinePanel

LOG = Scope(
    "Log",
    (
        Action("log.follow", "f", "follow", "follow the end, or stay", "Follow"),
        Action("log.aggregates", "a", "blocks", "show or hide printed aggregates"),
    ),
)


class LogPanel(LinePanel[Line]):
    """The lines with the second they came in. Follows the end until the person moves up."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(LOG)]
    SCOPES = (LIST, LOG)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__("Log", digit=7, id=id)
        self.following = True
        self.blocks = False
        self._hidden = 0

    def collect(self, moment: Moment) -> Sequence[Line]:
        """The lines up to this moment that pass the filter."""
        lines = moment.session.log.until(moment.sequence)
        kept = lines if self.blocks else [line for line in lines if not line.is_aggregate]
        self._hidden = len(lines) - len(kept)
        return [line for line in kept if self.filter(line.text, {})] if self.filter else kept

    def explain_empty(self) -> str:
        """Say when something is there but hidden."""
        if self._hidden and not self.filter:
            return f"nothing printed but {self._hidden} lines of aggregates; {self.key_of('log.aggregates')} shows them"
        return super().explain_empty() if self.filter else "scripts have printed nothing yet"

    def update_rows(self) -> None:
        """Stay at the end while following."""
        super().update_rows()
        if self.following:
            self.cursor = max(0, len(self.rows) - 1)
            self._held = None
            self.reveal()

    def on_resize(self) -> None:
        """Keep the end in sight."""
        self.update_rows()

    def draw(self, row: Line, index: int, width: int, *, cursor: bool) -> Strip:
        """Guest time and text."""
        pieces: list[Piece] = []
        if width >= 50:
            pieces.append((f"{numbers.clock(row.guest_seconds)} ", self.palette.dim))
        pieces.append((row.text, self.palette.text))
        made = strip(pieces, width)
        return highlighted(made, self.palette) if cursor else made

    def text_of(self, row: Line, width: int) -> str:
        """The whole line, however long."""
        return row.text

    def key(self, row: Line) -> Hashable:
        """Its number."""
        return row.number

    def leads(self) -> Sequence[Lead]:
        """The firing that printed the line."""
        line, moment = self.current, self.moment
        return why_leads(of_line(moment, line), "the firing that printed it") if line and moment else ()

    def status(self) -> str:
        """Whether the end is followed."""
        state = "following" if self.following else f"❚❚ {self.key_of('log.follow')} follows the end"
        return f"{state} · {numbers.counted(len(self.rows), 'line')}" if self.rows else ""

    def _move_to(self, index: int) -> None:
        self.following = index >= len(self.rows) - 1
        super()._move_to(index)
        self._fit()

    def action_follow(self) -> None:
        """Follow the end, or stay here."""
        self.following = not self.following
        self.update_rows()

    def action_blocks(self) -> None:
        """Show or hide what logaggr prints."""
        self.blocks = not self.blocks
        self.update_rows()


class LogView(View):
    """The log over the whole screen."""

    SCOPES: ClassVar[tuple[Scope, ...]] = (LOG,)

    def compose(self) -> ComposeResult:
        """Top to bottom."""
        yield LogPanel(id="log-lines")


ROW = ViewRow("log", "Log", "Log", "what scripts print", LogView)
