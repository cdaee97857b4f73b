# SPDX-License-Identifier: GPL-2.0-or-later
"""What scripts print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import ClassVar, TypeAlias

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.strip import Strip

from vptop.export.shown import Cells, Table
from vptop.model.cause import of_line
from vptop.model.filterexpr import Filter
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.model.transcript import Line, piece_of
from vptop.ui.actions import Action, Scope, bindings, key_of
from vptop.ui.dialogs.pick import PickScreen
from vptop.ui.render import numbers
from vptop.ui.render.columns import highlighted
from vptop.ui.render.fit import Piece, fit, strip, width_of
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.leads import Jump, Lead, why_leads
from vptop.ui.widgets.lines import LIST, LinePanel

SHIFT = 20
"""Characters by which lines move to a side."""
MOST_PROBE = 28
"""Cells of the names of probes."""
Who: TypeAlias = tuple[str, str]
"""A probe by the script and its name."""
LOG = Scope(
    "Log",
    (
        Action("log.follow", "f", "follow", "follow the end, or stay", "Follow"),
        Action("log.aggregates", "a", "blocks", "show or hide printed aggregates", "Aggregates"),
        Action("log.probe", "P", "probe", "lines of one probe alone, or of all", "Probe"),
        Action("log.match", "n", "match(1)", "show all lines, and go to the next one that passes the filter"),
        Action("log.match_back", "N", "match(-1)", "the same, to the one before"),
    ),
)


class LogPanel(LinePanel[Line]):
    """The lines with the time and the probe that printed them. Follows the end until the person moves up."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(LOG)]
    SCOPES = (LIST, LOG)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__("Log", digit=7, id=id)
        self.following = True
        self.blocks = False
        self.only: Who | None = None
        """the probe whose lines are shown; None: those of all"""
        self.around = False
        """lines that do not pass the filter are shown, too"""
        self._hits: frozenset[int] = frozenset()
        """numbers of the lines that pass the filter, while others are shown"""
        self._probe_cells = 0
        self._shift = 0
        """characters of the lines that are left of the panel"""

    def collect(self, moment: Moment) -> Sequence[Line]:
        """The lines up to this moment that pass the filter; where they are gone, those that the Frame still has."""
        kept = moment.session.log.until(moment.sequence, aggregates=self.blocks)
        kept = kept or piece_of(moment.frame, moment.sequence).lines(aggregates=self.blocks)
        if self.only is not None:
            kept = [line for line in kept if line.by[:2] == self.only]
        if self.filter:
            hits = [line for line in kept if self._passes(line)]
            self._hits = frozenset(line.number for line in hits) if self.around else frozenset()
            kept = kept if self.around else hits
        self._probe_cells = max((width_of(clean(name)) for name in {line.by.probe for line in kept}), default=0)
        return kept

    def _passes(self, line: Line) -> bool:
        by = line.by
        return self.filter(f"{clean(by.probe)} {line.text}", {"vcpu": by.vcpu, "time": line.guest_seconds})

    def explain_empty(self) -> str:
        """Say when something is there but hidden."""
        if self.only is not None and not self.filter:
            return f"{clean(self.only[1])} has printed nothing; {self.key_of('log.probe')} shows other probes"
        if self.filter or self.moment is None:
            return super().explain_empty()
        log, sequence = self.moment.session.log, self.moment.sequence
        hidden = 0 if self.blocks else log.hidden(sequence) or piece_of(self.moment.frame, sequence).hidden
        if hidden:
            of = numbers.counted(hidden, "line")
            return f"nothing printed but {of} of aggregates; {self.key_of('log.aggregates')} shows them"
        return (
            "nothing printed in this second; lines before it are not kept any more"
            if log.has_forgotten
            else "scripts have printed nothing yet"
        )

    def update_rows(self) -> None:
        """Stay at the end while following, else at the lines that are on screen, though older ones go."""
        above = self.cursor - self.scroll_offset.y
        super().update_rows()
        if self.following:
            self.cursor = max(0, len(self.rows) - 1)
            self._held = None
            self.reveal()
        elif self._held is not None and self.cursor - above != self.scroll_offset.y:
            self.scroll_to(y=self.cursor - above, animate=False, immediate=True, force=True)

    def on_resize(self) -> None:
        """Keep the end in sight."""
        self.update_rows()

    def draw(self, row: Line, index: int, width: int, *, cursor: bool) -> Strip:
        """Guest time, VCPU where there are several, probe, text."""
        pieces: list[Piece] = []
        if width >= 50:
            thousandths = int(row.guest_seconds * 1000) % 1000
            pieces.append((f"{numbers.clock(row.guest_seconds)}.{thousandths:03} ", self.palette.dim))
        if width >= 80 and self.moment is not None and self.moment.session.vcpus > 1:
            vcpu = f"VCPU{row.by.vcpu}" if row.by.vcpu >= 0 else ""
            pieces.append((fit(vcpu, 7), self.palette.dim))
        if width >= 80 and self._probe_cells:
            pieces.append((fit(clean(row.by.probe), min(self._probe_cells, MOST_PROBE)) + "  ", self.palette.accent))
        shift = min(self._shift, max(0, len(row.text) - 1))
        if shift:
            pieces.append(("‹", self.palette.accent))
        usual = self.palette.dim if self.around else self.palette.text
        style = self.palette.strong if row.number in self._hits else usual
        pieces.append((row.text[shift + 1 :] if shift else row.text, style))
        made = strip(pieces, width)
        return highlighted(made, self.palette) if cursor else made

    def text_of(self, row: Line, width: int) -> str:
        """The whole line, however long."""
        return row.text

    def key(self, row: Line) -> Hashable:
        """Its number."""
        return row.number

    def status(self) -> str:
        """Whether the end is followed."""
        only = clean(self.only[1]) if self.only is not None else ""
        state = "following" if self.following else f"❚❚ {self.key_of('log.follow')} follows the end"
        hits = f"{numbers.counted(len(self._hits), 'hit')} in " if self.around else ""
        parts = (only, state, hits + numbers.counted(len(self.rows), "line")) if self.rows else (only,)
        return " · ".join(part for part in parts if part)

    def table(self) -> Table:
        """The lines with all that is known of them."""
        return Table(self.title_text(), tuple(_TEXTS), Cells(self.rows, [*_TEXTS.values()]))

    def leads(self) -> Sequence[Lead]:
        """The line of the probe that printed it, and that firing in the past."""
        line, moment = self.current, self.moment
        if line is None or moment is None:
            return ()
        by, found = line.by, [*why_leads(of_line(moment, line), "the firing that printed it")]
        if by.line:
            place = f"{clean(by.file or by.script)}:{by.line}"
            found.insert(0, Lead(f"probe {clean(by.probe)}, {place}", Jump(by.script, by.line, file=by.file)))
        return found

    def action_sideways(self, direction: int) -> None:
        """Show more of long lines; in a view that sums up, go to the panel on that side."""
        if self.summary:
            super().action_sideways(direction)
            return
        longest = max((len(line.text) for line in self.rows), default=0)
        self._shift = max(0, min(self._shift + direction * SHIFT, longest // SHIFT * SHIFT))
        self.refresh()

    def action_open(self) -> None:
        """Show the line of the probe that printed it; in a view that sums up, open the log."""
        found = self.leads()
        if self.summary or not found:
            super().action_open()
        else:
            self.post_message(found[0].message)

    def set_filter(self, chosen: Filter) -> None:
        """Show only the lines that pass, until the person goes from one to the next."""
        self.around = False
        super().set_filter(chosen)

    def action_match(self, step: int) -> None:
        """Go to the next line that passes the filter, or to the one before; past the last, the first."""
        if not self.filter:
            self.post_message(self.Said(f"no filter to look for; {key_of(self.app, 'filter.open')} sets one", "warn"))
            return
        if not self.around:
            self.around, self.following = True, False
            self._held = self.key(self.rows[self.cursor]) if self.rows else None
            self.update_rows()
        hits = [at for at, line in enumerate(self.rows) if line.number in self._hits]
        if not hits:
            self.post_message(self.Said("no line passes the filter", "warn"))
            return
        beyond = [at for at in hits if (at - self.cursor) * step > 0] or hits
        self._move_to(beyond[0 if step > 0 else -1])

    def clear(self) -> None:
        """The lines of all probes, without a filter."""
        self.only = None
        super().clear()

    def action_probe(self) -> None:
        """Let the person choose whose lines are shown."""
        if self.moment is None:
            return
        counts = Counter(
            line.by[:2]
            for line in self.moment.session.log.until(self.moment.sequence, aggregates=self.blocks)
            if line.by.script
        )
        which = sorted(counts)
        if not which:
            self.post_message(self.Said("no line says which probe printed it", "warn"))
            return
        titles = [f"{clean(probe)}  {clean(script)}  {numbers.count(counts[script, probe])}" for script, probe in which]
        choices = [("", "all probes"), *((str(at), title) for at, title in enumerate(titles))]
        now = str(which.index(self.only)) if self.only in which else ""

        def chosen(picked: str | None) -> None:
            if picked is not None:
                self.only = which[int(picked)] if picked else None
                self.update_rows()

        self.app.push_screen(PickScreen("Lines of", choices, now), chosen)

    def _move_to(self, index: int) -> None:
        self.following = index >= len(self.rows) - 1
        super()._move_to(index)
        self._fit()

    def on_mouse_scroll_up(self) -> None:
        """Whoever looks back stays there."""
        if self.following and self.rows:
            self.following, self._held = False, self.key(self.rows[self.cursor])
            self._fit()

    def on_mouse_scroll_down(self) -> None:
        """At the end, follow it again."""

        def look() -> None:
            if not self.following and self.scroll_offset.y >= self.max_scroll_y:
                self.action_follow()

        self.call_after_refresh(look)

    def action_follow(self) -> None:
        """Follow the end, or stay here."""
        self.following = not self.following
        self.update_rows()

    def action_blocks(self) -> None:
        """Show or hide what logaggr prints."""
        self.blocks = not self.blocks
        self.update_rows()


_TEXTS: Mapping[str, Callable[[Line], str]] = {
    "SECONDS": lambda line: f"{line.guest_seconds:.6f}",
    "VCPU": lambda line: str(line.by.vcpu) if line.by.vcpu >= 0 else "",
    "SCRIPT": lambda line: clean(line.by.script),
    "PROBE": lambda line: clean(line.by.probe),
    "TEXT": lambda line: line.text,
}
"""The columns of the table."""


class LogView(View):
    """The log over the whole screen."""

    SCOPES: ClassVar[tuple[Scope, ...]] = (LOG,)

    def compose(self) -> ComposeResult:
        """Top to bottom."""
        yield LogPanel(id="log-lines")


ROW = ViewRow("log", "Log", "Log", "what scripts print", LogView)
