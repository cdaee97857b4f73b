# SPDX-License-Identifier: GPL-2.0-or-later
"""The lines around the panels as widgets."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message
from textual.strip import Strip

from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.ui.actions import Action, key_of
from vptop.ui.render import chrome
from vptop.ui.render.chrome import Tab
from vptop.ui.render.fit import ends, strip, whole_parts
from vptop.ui.render.status import Health, status
from vptop.ui.widgets.drawn import DrawnByLine


class Bar(DrawnByLine):
    """Lines of the full width."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes="bar")

    def line(self, y: int, width: int) -> Strip:
        """One line."""
        return Strip.blank(width)

    def draw_line(self, y: int) -> Strip:
        """One line of the full width."""
        return self.line(y, self.space.width)


class StatusBar(Bar):
    """Script, guest, speed, health."""

    def __init__(self) -> None:
        super().__init__(id="status")
        self._moment: Moment | None = None
        self._health = Health()

    def show(self, moment: Moment | None, health: Health) -> None:
        """Draw this."""
        self._moment, self._health = moment, health
        self.redraw()

    def line(self, y: int, width: int) -> Strip:
        """The only line."""
        return status(self._moment, self._health, width, self.palette)


class TabBar(Bar):
    """The views, and whether this is live."""

    class Chosen(Message):
        """The person clicked a view."""

        def __init__(self, view: str) -> None:
            super().__init__()
            self.view = view

    def __init__(self, views: Sequence[Tab]) -> None:
        super().__init__(id="tabs")
        self._views = views
        self._moment: Moment | None = None
        self._active = ""
        self._ended = False
        self._places: list[tuple[int, int, str]] = []

    def show(self, active: str, moment: Moment | None, *, ended: bool) -> None:
        """Draw this. Nothing is live once the VM has ended."""
        self._active, self._moment, self._ended = active, moment, ended
        self.redraw()

    def line(self, y: int, width: int) -> Strip:
        """The only line."""
        live = key_of(self.app, "time.freeze")
        made, self._places = chrome.tabs(
            self._views, self._active, self._moment, width, self.palette, live=live, ended=self._ended
        )
        return made

    def spots(self) -> list[tuple[int, str]]:
        """The first cell of each view, and its id."""
        return [(left, view) for left, _, view in self._places]

    def on_click(self, event: events.Click) -> None:
        """Go to the view under the mouse."""
        for left, right, view in self._places:
            if left <= event.x < right:
                self.post_message(self.Chosen(view))


class HistoryBar(Bar):
    """Firings per second over time, with the cursor; a click goes to that second, and dragging through the seconds."""

    class Scrubbed(Message):
        """The person picked a Frame."""

        def __init__(self, sequence: int) -> None:
            super().__init__()
            self.sequence = sequence

    def __init__(self) -> None:
        super().__init__(id="history")
        self._moment: Moment | None = None
        self._hits: dict[tuple[int, int], float] = {}

    def show(self, moment: Moment | None) -> None:
        """Draw this."""
        self._moment = moment
        self.redraw()

    def line(self, y: int, width: int) -> Strip:
        """History or marks."""
        if self._moment is None:
            return strip([], width)
        keys = f"{key_of(self.app, 'time.back')} {key_of(self.app, 'time.on')}"
        return chrome.history(self._history(self._moment, width), width, self.palette, keys)[y]

    def _history(self, moment: Moment, width: int) -> chrome.History:
        session = moment.session
        ring = session.timeline.ring
        cells = chrome.history_width(width)
        last = max(ring.end, moment.sequence + 1)
        first = max(ring.first, last - cells)
        if moment.sequence < first:  # scrubbed further back than fits
            first = moment.sequence
            last = min(ring.end, first + cells)
        self._hits = {at: rate for at, rate in self._hits.items() if at[0] >= ring.first}
        values: list[float | None] = []
        for at in range(first, last):
            edition = session.edition(at)
            if edition not in self._hits and (then := session.at(at)) is not None:
                self._hits[edition] = then.hits()
            values.append(self._hits.get(edition))
        reloads = [
            (one.sequence, f"▲{clean(one.name).rsplit('/', 1)[-1]} g{one.generation}") for one in session.reloads
        ]
        if (baseline := session.baseline) is not None:
            reloads.insert(0, (baseline.moment.sequence, "⚑base"))
        shown = ((at, ring.get(at)) for at in range(first, last))
        asked = [at for at, frame in shown if frame is not None and frame.asked]
        return chrome.History(values, first, moment.sequence, ring.end, len(ring), reloads, asked)

    def _pick(self, x: int, *, beside: bool) -> None:
        """Go to the second in a column; `beside` the history to the one at its end, or to none."""
        if self._moment is None:
            return
        known = self._history(self._moment, self.size.width)
        at = x - len(chrome.LABEL) - (chrome.history_width(self.size.width) - len(known.values))
        nearest = min(max(at, 0), len(known.values) - 1)
        if beside or at == nearest:
            self.capture_mouse()
            self.post_message(self.Scrubbed(known.first + nearest))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go to the second under the mouse, and follow the mouse until the button is released, wherever it goes."""
        self._pick(event.x, beside=False)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag through time."""
        if self.app.mouse_captured is self:
            self._pick(event.x, beside=True)

    def on_mouse_up(self) -> None:
        """It was dragged to its end."""
        self.release_mouse()


class FooterBar(Bar):
    """Keys that work here."""

    class Chosen(Message):
        """The person clicked an action."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self) -> None:
        super().__init__(id="footer")
        self._actions: Sequence[Action] = ()
        self._last: Sequence[Action] = ()
        self._text = ""
        self._places: list[tuple[int, int, str]] = []

    def show_text(self, text: str) -> None:
        """Show the keys of a dialog, which says itself what they are."""
        self._text, self._places = text, []
        self.redraw()

    def show(self, actions: Sequence[Action], last: Sequence[Action]) -> None:
        """Actions from the left, those that must be seen at the right end."""
        self._actions, self._last, self._text = actions, last, ""
        self.redraw()

    def line(self, y: int, width: int) -> Strip:
        """The only line."""
        if self._text:
            return strip([(f" {whole_parts(self._text, width - 1)}", self.palette.dim)], width)
        right, right_places = chrome.footer(self._last, width, self.palette)
        taken = max((end for _, end, _ in right_places), default=0)
        left, self._places = chrome.footer(self._actions, width - taken, self.palette)
        self._places = self._places + [(a + width - taken, b + width - taken, name) for a, b, name in right_places]
        return ends(
            [(segment.text, segment.style or self.palette.dim) for segment in left],
            [(segment.text, segment.style or self.palette.dim) for segment in right.crop(0, taken)],
            width,
        )

    def on_click(self, event: events.Click) -> None:
        """Do what is under the mouse."""
        for left, right, name in self._places:
            if left <= event.x < right:
                self.post_message(self.Chosen(name))
