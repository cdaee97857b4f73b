# SPDX-License-Identifier: GPL-2.0-or-later
"""When did a condition hold? It is searched over the kept past, and the moments are listed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from msgspec import structs
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from engine.vm.past import conditions
from engine.vm.past.messages import AskedFrame, Moment, Moments, Progress
from engine.vm.protocol import Place, Reply
from engine.vp import Prelude
from engine.vp.tables.probes import POINTS
from vptop.model.plain import clean
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.bridge import Machine
from vptop.ui.dialogs.dialog import Dialog
from vptop.ui.dialogs.help import help_of
from vptop.ui.editor.completion import CompletionList
from vptop.ui.editor.marks import GLYPHS
from vptop.ui.line_input import LineInput
from vptop.ui.past.condition import ConditionArea
from vptop.ui.past.questions import Cancel, Questions
from vptop.ui.render import columns
from vptop.ui.render.columns import Column, Sort
from vptop.ui.render.numbers import counted
from vptop.ui.widgets.lines import LIST, LinePanel

WHEN = Scope(
    "When did it hold?",
    (
        Action("when.search", "enter", "search", "in a field: search; in the list: visit the moment"),
        Action("when.show", "t", "show_second", "in the list: show its second in the dashboard"),
        Action("when.complete", "ctrl+@,ctrl+space", "complete", "complete the word"),
        Action("when.fix", "ctrl+g,alt+enter", "fix", "apply the suggested fix"),
        Action("when.leave", "escape", "leave", "cancel the search; leave"),
        Action("when.help", "f1", "help", "keys that work here"),
    ),
    exclusive=True,
)
_KEYS = "Enter searches, visits · t second · Tab next · F1 keys · Esc"


@dataclass(frozen=True, slots=True)
class Search:
    """A condition, and what came of it."""

    condition: str = ""
    at: str = ""
    """probe point at which it is evaluated; empty: every guest millisecond"""
    found: Moments | None = None
    said: str = ""
    shown: int | None = None
    """tick of the moment whose second the dashboard is to show"""


class MomentPanel(LinePanel[Moment]):
    """The moments, the first one first."""

    header_height = 1
    empty = "type a condition, and press Enter"

    class Opened(Message):
        """The person wants to see that moment."""

    def __init__(self, hz: int) -> None:
        super().__init__("Moments", id="when-moments")
        self._found = Moments((), 0.0, 0.0)
        self._columns: Sequence[Column[Moment]] = (
            Column("time", "GUEST SECONDS", 16, lambda row: f"{row.tick / hz:.9f}"),
            Column("block", "BLOCK", 14, lambda row: str(row.block), keep=2),
            Column("until", "UNTIL", 16, lambda row: f"{row.until / hz:.9f}" if row.until else "·", keep=1),
            Column("length", "HELD FOR", 12, lambda row: _length(row, hz), keep=3),
        )

    def set_found(self, found: Moments) -> None:
        """List these."""
        self._found, self.rows = found, found.moments
        self.empty = f"it never held from {found.begin:.3f} to {found.until:.3f} s"
        self.cursor = 0
        self.update_rows()

    def begin(self) -> None:
        """A search has begun."""
        self._found, self.rows, self.empty = Moments((), 0.0, 0.0), (), "searching"
        self.update_rows()

    def add(self, found: tuple[Moment, ...]) -> None:
        """These were found, too."""
        self._found = structs.replace(self._found, moments=(*self._found.moments, *found))
        self.rows = self._found.moments
        self.update_rows()

    def end(self) -> None:
        """The search was not finished."""
        self.empty = "none was found before the search ended"
        self.update_rows()

    def update_rows(self) -> None:
        """They stay what they were when they were searched."""
        self.keep_cursor()

    def key(self, row: Moment) -> Hashable:
        """Its place in guest time."""
        return row

    def status(self) -> str:
        """How many there are."""
        count = len(self._found.moments) + self._found.more
        listed = f", the first {len(self._found.moments)} listed" if self._found.more else ""
        return f"{counted(count, 'moment')}{listed} · g first · G last" if count else ""

    def draw_header(self, line: int, width: int) -> Strip:
        """Titles."""
        return columns.header(columns.arrange(self._columns, width), Sort(""), width, self.palette)

    def draw(self, row: Moment, index: int, width: int, *, cursor: bool) -> Strip:
        """One moment."""
        return columns.row(columns.arrange(self._columns, width), row, width, self.palette, cursor=cursor)

    def action_open(self) -> None:
        """Visit it."""
        if self.rows:
            self.post_message(self.Opened())


class WhenScreen(Dialog[Search]):
    """A condition and a probe point to type; below, what was found.

    Args:
        machine: whose past is searched.
        questions: those that are open.
        prelude: functions and symbols of its guest.
        hz: ticks in a guest second.
        last: the search before, which is shown again.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(WHEN)]

    class Chosen(Message):
        """The person wants to visit a moment."""

        def __init__(self, tick: int) -> None:
            super().__init__()
            self.tick = tick

    def __init__(self, machine: Machine, questions: Questions, prelude: Prelude | None, hz: int, last: Search) -> None:
        super().__init__()
        self._machine = machine
        self._questions = questions
        self._search = replace(last, shown=None)
        self._area = ConditionArea(last.condition, prelude)
        self._moments = MomentPanel(hz)
        self._cancel: Cancel | None = None
        self._is_missing = False
        """a search was wanted, and no condition is there"""

    def compose(self) -> ComposeResult:
        """Two fields, a line that says what is wrong or how far it is, and the list."""
        with Vertical(classes="dialog when") as box:
            box.border_title = Content("When did it hold?")
            box.border_subtitle = Content(_KEYS)
            self._area.add_class("panel")
            self._area.border_title = Content("Condition: a VP expression; 0 is false")
            yield self._area
            yield LineInput(
                self._search.at,
                placeholder="probe point at which it is evaluated; empty: every guest millisecond",
                suggester=SuggestFromList(sorted(POINTS), case_sensitive=False),
                id="when-at",
            )
            yield Static("", id="when-state", markup=False)
            yield self._moments
        yield CompletionList()

    def on_mount(self) -> None:
        """Show what was found last."""
        self._area.complete_with(self.query_one(CompletionList))
        self._area.at = self._search.at
        self._area.read_words()
        self._area.move_cursor(self._area.document.end)
        if self._search.found is not None:
            self._moments.set_found(self._search.found)
            self._say(self._search.said)

    def on_unmount(self) -> None:
        """Search no more."""
        if self._cancel is not None:
            self._cancel()

    def machine_ended(self, reason: str) -> None:
        """Say why there is nothing left to search or visit."""
        self._say(reason, bad=True)

    def _say(self, text: str, *, bad: bool = False) -> None:
        if self.is_attached:
            state = self.query_one("#when-state", Static)
            state.set_class(bad, "trouble")
            state.update(clean(text))

    # --- what is typed ---

    @on(Input.Changed, "#when-at")
    def _at_changed(self, event: Input.Changed) -> None:
        self._area.at = event.value.strip()
        self._area.text_changed()

    @on(ConditionArea.Checked)
    def _checked(self, event: ConditionArea.Checked) -> None:
        if self._cancel is not None:
            return
        first = next(iter(event.places), None)
        self._is_missing = self._is_missing and not self._area.text.strip()
        if self._is_missing:
            return  # that has been said
        searched = (self._area.text.strip(), self._area.at) == (self._search.condition, self._search.at)
        said = self._search.said if searched else ""
        self._say(_in_words(first) if first else said, bad=first is not None)

    @on(ConditionArea.Submitted)
    @on(Input.Submitted, "#when-at")
    def action_search(self) -> None:
        """Search the kept past."""
        condition, at = self._area.text.strip(), self._area.at
        if self._cancel is not None:
            self._say("a search is running; Esc cancels it")
        elif not condition:
            self._is_missing = True
            self._say("type a condition, such as (== (curpid) 3)", bad=True)
        else:
            self._search = Search(condition, at)
            self._say("searching")
            self._moments.begin()
            send = partial(self._machine.source.when, condition, at)
            self._cancel = self._questions.ask(send, self._progress, self._answered)

    def action_complete(self) -> None:
        """Offer the words that fit here."""
        self._area.offer()

    def action_fix(self) -> None:
        """Do what the diagnostic proposes."""
        if not self._area.fix():
            self.app.bell()

    # --- answers ---

    def _progress(self, event: AskedFrame | Progress) -> bool:
        if isinstance(event, Progress):
            self._say(f"searching: {event.in_words()}; Esc cancels")
            if event.found:
                self._moments.add(event.found)
        return False

    def _answered(self, reply: Reply) -> None:
        self._cancel = None
        if not self.is_attached:
            return
        if isinstance(reply.past, Moments):
            self._search = replace(self._search, found=reply.past, said=reply.message)
            self._moments.set_found(reply.past)
            self._say(reply.message)
            if reply.past.moments:
                self.set_focus(self._moments)
        elif reply.diagnostics:
            self._area.show_places(reply.diagnostics)
        else:
            self._say(reply.message, bad=True)
        if not isinstance(reply.past, Moments):
            self._moments.end()

    # --- moments ---

    @on(MomentPanel.Opened)
    def _opened(self) -> None:
        if (moment := self._moments.current) is not None:
            self.post_message(self.Chosen(moment.tick))

    def action_show_second(self) -> None:
        """Leave, and show the second of the moment."""
        if (moment := self._moments.current) is not None:
            self.dismiss(replace(self._search, shown=moment.tick))

    def action_leave(self) -> None:
        """End the search; when there is none, leave."""
        if self._cancel is not None:
            self._cancel()
        else:
            self.dismiss(self._search)

    def action_help(self) -> None:
        """Every key that works here."""
        help_of(self, WHEN, LIST)


def _length(moment: Moment, hz: int) -> str:
    return f"{(moment.until - moment.tick) / hz:.6f} s" if moment.until else "·"


def _in_words(place: Place) -> str:
    """A diagnostic on one line, with what would be right."""
    right = place.fix.title if place.fix else ", ".join(place.suggestions) or place.expected
    where = f"{place.file}: " if place.file == conditions.AT else ""
    sort = "fix" if place.fix else "did you mean" if place.suggestions else "expected"
    return f"{GLYPHS[place.severity]} {where}{place.message}" + (f"; {sort}: {right}" if right else "")
