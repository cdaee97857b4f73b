# SPDX-License-Identifier: GPL-2.0-or-later
"""Latencies over time: a heat map, of which a box is chosen by mouse or keys, or percentiles as lines."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Offset
from textual.strip import Strip

from vptop.export.shown import Cell, Table
from vptop.model.box import Box
from vptop.model.buckets import summed
from vptop.model.histogram import of_counts
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.render import latency, numbers
from vptop.ui.views.histograms import HISTOGRAM, HistogramPanel
from vptop.ui.views.latencies import chosen, settle
from vptop.ui.widgets.chrome import HistoryBar
from vptop.ui.widgets.lines import LIST

HEAT = Scope(
    "Heat map",
    (Action("heat.box", "v", "box", "begin a box at the cell; filter by the box", "Box"),),
)


class HeatPanel(HistogramPanel):
    """Seconds from left to right: buckets from bottom to top, or percentiles as lines.

    Arrows go from cell to cell; a box between two cells filters the panels beside. Enter goes to a cell's second.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(HEAT)]
    SCOPES = (LIST, HISTOGRAM, HEAT)
    heeds = frozenset({"lines", "box"})

    def __init__(self) -> None:
        super().__init__("Latency over time", id="latency-heat")
        self.drawn = latency.NO_HEAT
        self.place: Offset | None = None
        """the cell that the person is at"""
        self.corner: Offset | None = None
        """where a box begins that is being drawn"""

    @property
    def axes(self) -> str:
        """What the axes of the picture are."""
        return f"{self.unit or 'bucket'} by second"

    def depends_on(self, settings: Set[str]) -> bool:
        """The scale is that of percentiles over time."""
        return super().depends_on(settings) or (self.lines and "linear" in settings)

    def collect(self, moment: Moment) -> Sequence[Strip]:
        """Draw as many seconds as fit."""
        self.aggregate = chosen(moment, self.aggregate)
        span = self.history.span(moment, self.aggregate, max(1, self.inner_width))
        steps, width, height = moment.hint(self.aggregate).steps, self.inner_width, self.size.height
        self.drawn = latency.NO_HEAT
        if self.lines:
            seconds = [None if counts is None else of_counts(counts, steps) for counts in span]
            return latency.percentile_chart(seconds, width, height, self.palette, linear=self.linear)
        self.drawn = latency.heat_chart(of_counts(summed(span), steps), span, width, height, self.palette)
        return self.drawn.lines

    def table(self) -> Table:
        """The counts by second and bucket, the oldest second first; the last one is the second shown."""
        moment = self.moment
        if moment is None:
            return super().table()
        span = self.history.span(moment, self.aggregate, max(1, self.inner_width))
        buckets = of_counts(summed(span), moment.hint(self.aggregate).steps).buckets
        rows = [
            tuple(
                Cell(str(number), number)
                for number in (at - len(span) + 1, bucket.low, bucket.high, counts[bucket.low])
            )
            for at, counts in enumerate(span)
            if counts
            for bucket in buckets
            if counts.get(bucket.low)
        ]
        return Table(self.title_text(), ("SECOND", *self.end_titles(), "COUNT"), tuple(rows))

    def copies(self) -> Sequence[tuple[str, str]]:
        """The cell that the person is at."""
        words = self.hovered()
        return [("cell", words)] if words else []

    # --- cells ---

    def draw(self, row: Strip, index: int, width: int, *, cursor: bool) -> Strip:
        """A line, with the box or the cell marked in it."""
        left, right = self._marked(index)
        if left > right:
            return row.crop(0, width)
        cursor_style = self.palette.cursor
        middle = [Segment(text, (style or Style()) + cursor_style) for text, style, _ in row.crop(left, right + 1)]
        return Strip.join([row.crop(0, left), Strip(middle, right + 1 - left), row.crop(right + 1, width)])

    def _marked(self, line: int) -> tuple[int, int]:
        """The first and the last cell of a line that are marked; none when the first is behind the last."""
        if self.corner is not None and self.place is not None:
            top, bottom = sorted((self.corner.y, self.place.y))
            left, right = sorted((self.corner.x, self.place.x))
            left, right = self.drawn.of_second(left)[0], self.drawn.of_second(right)[1]
            return (left, right) if top <= line <= bottom else (1, 0)
        if self.place is not None and self.has_focus:
            return self.drawn.of_second(self.place.x) if line == self.place.y else (1, 0)
        return self._boxed(line)

    def _boxed(self, line: int) -> tuple[int, int]:
        if self.box is None or self.moment is None or line >= len(self.drawn.buckets):
            return 1, 0
        if not self.box.low <= self.drawn.buckets[line].low < self.box.high:
            return 1, 0
        first, last = (self.moment.sequence - second for second in (self.box.first, self.box.last))
        end, each = self.drawn.width - 1, self.drawn.each
        return max(self.drawn.left, end - first * each - each + 1), min(end, end - last * each)

    def _go(self, right: int, down: int) -> None:
        """To another cell; the first time, to the newest of the lowest buckets."""
        if not self.drawn.buckets:
            return
        lines, width = len(self.drawn.buckets), self.drawn.width
        at = self.place or Offset(width - 1 - right, lines - 1 - down)
        x = self.drawn.of_second(at.x + right * self.drawn.each)[1]
        self.place = Offset(max(self.drawn.left, min(width - 1, x)), max(0, min(lines - 1, at.y + down)))
        self._fit()
        self.refresh()

    def _choose(self) -> None:
        """Filter by the box between the corner and the cell."""
        corner, place, moment = self.corner, self.place, self.moment
        self.corner = self.place = None
        if corner is None or place is None or moment is None:
            return
        cells = [self.drawn.at(*corner), self.drawn.at(*place)]
        found = [cell for cell in cells if cell is not None]
        if len(found) == len(cells):
            seconds = [moment.sequence - cell.back for cell in found]
            low = min(cell.bucket.low for cell in found)
            high = max(cell.bucket.high for cell in found)
            settle(self, box=Box(low, high, max(0, min(seconds)), max(seconds)))

    def hovered(self) -> str:
        """The cell that the person is at, in words."""
        cell = self.drawn.at(*self.place) if self.place is not None else None
        if cell is None:
            return ""
        when = f"{cell.back} s ago" if cell.back else "this second"
        return f"{when} · {self.range_of(cell.bucket)} · {numbers.count(cell.bucket.count)}"

    def subject(self) -> str:
        """Where the numbers come from, and of how many seconds."""
        if self.moment is None or not self.aggregate.name:
            return ""
        seconds = min(max(1, self.inner_width), self.moment.sequence - self.moment.session.timeline.ring.first + 1)
        return f"{clean(self.moment.label(self.aggregate))} · {seconds} s"

    def status(self) -> str:
        """The cell that the person is at, else where the numbers come from."""
        label = clean(self.moment.label(self.aggregate)) if self.moment and self.aggregate.name else ""
        return self.hovered() or label

    # --- keys ---

    def action_move(self, rows: int) -> None:
        """To the bucket above or below."""
        self._go(0, rows)

    def action_sideways(self, direction: int) -> None:
        """To the second before or after."""
        self._go(direction, 0)

    def action_box(self) -> None:
        """Begin a box at the cell, or filter by the box between that and this cell."""
        if self.corner is not None:
            self._choose()
            return
        self._go(0, 0)
        self.corner = self.place
        self._fit()

    def action_open(self) -> None:
        """Filter by the box that was begun; without one, go to the second of the cell."""
        cell = self.drawn.at(*self.place) if self.place is not None else None
        if self.corner is not None:
            self._choose()
        elif cell is not None and self.moment is not None:
            self.post_message(HistoryBar.Scrubbed(self.moment.sequence - cell.back))

    def clear(self) -> None:
        """No cell, no box."""
        self.corner = self.place = None
        super().clear()

    # --- mouse ---

    def _cell_at(self, event: events.MouseEvent) -> Offset | None:
        offset = event.get_content_offset(self)
        return offset if offset is not None and self.drawn.at(*offset) is not None else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A box begins."""
        self.corner = self.place = self._cell_at(event)
        if self.corner is not None:
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Say what is in the cell; draw the box that was begun."""
        place = self._cell_at(event)
        if place is not None or self.corner is None:
            self.place = place
        self._fit()
        self.refresh()

    def on_mouse_up(self) -> None:
        """Filter by the box; a click without moving draws none."""
        self.release_mouse()
        if self.corner is not None and self.corner != self.place:
            self._choose()
        self.corner = None
        self._fit()
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Cells are chosen, not rows; a second click goes to the second."""
        event.prevent_default()
        if event.chain > 1:
            self.action_open()

    def on_leave(self) -> None:
        """Nothing is under the mouse."""
        if self.corner is None:
            self.place = None
            self._fit()
            self.refresh()
