# SPDX-License-Identifier: GPL-2.0-or-later
"""Questions about seconds that have passed: apply a script since a moment, visit one, find when something held."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial

from textual import on

from engine.probes.frame import Frame
from engine.vm.options import MOST_PAST_MIB
from engine.vm.past.messages import AskedFrame, PastKept, Progress
from engine.vm.protocol import Reply
from vptop.ui.actions import key_of
from vptop.ui.capturing import CaptureShell
from vptop.ui.dialogs.prompt import PromptScreen
from vptop.ui.editor.actions import EDITOR
from vptop.ui.editor.messages import ApplySinceRequested
from vptop.ui.past.moment import MomentScreen
from vptop.ui.past.questions import Cancel, Questions
from vptop.ui.past.when import Search, WhenScreen
from vptop.ui.past.why import WhyScreen
from vptop.ui.render.numbers import counted
from vptop.ui.widgets.leads import AskWhy

ALL = "all"
"""In place of a number of seconds: all that are kept."""


@dataclass
class _Waiting:
    """A script that was loaded, and is to be asked about seconds before."""

    name: str
    source: str
    begin: float
    generation: int = -1
    """that was loaded; negative: none has been yet"""

    def is_in(self, frame: Frame) -> bool:
        """Whether the machine had it in this Frame."""
        return any(script.name == self.name and script.generation == self.generation for script in frame.scripts)


_ANOTHER = "the machine that is shown has ended, and its past with it; the one that was started again has its own"


class AskingShell(CaptureShell):
    """A Shell that asks questions about the past. One script is applied since a moment at a time."""

    _cancel: Cancel | None = None
    """cancels the script that is being applied since a moment"""
    _waiting: _Waiting | None = None
    """that script, until it is in a Frame"""
    _asked_name = ""
    _asked_to = 0.0
    """guest second up to which its Frames have come; 0: none have"""
    _search = Search()
    """the last one"""

    @cached_property
    def questions(self) -> Questions:
        """Those that are open."""
        return Questions(self.machine)

    def past_came(self, event: AskedFrame | Progress | PastKept) -> bool:
        """Take an event about the past; returns whether what is shown has changed."""
        if isinstance(event, PastKept):
            self.session.past = event
            return False
        return self.questions.came(event)

    # --- what is kept ---

    def past_begins(self) -> None:
        """Another machine has been started: what was found in the one before is not there."""
        self._search = Search(self._search.condition, self._search.at)

    def past_gone(self, reason: str) -> None:
        """The machine has ended, and its checkpoints with it; dialogs about its past say so, too."""
        for screen in self.screen_stack:
            if isinstance(screen, MomentScreen | WhenScreen):
                screen.machine_ended(reason)
        if self._waiting is not None:
            self._stop_waiting()
        self.session.past = PastKept((), 0, 0, "the machine has ended, and its past with it")

    def action_past_budget(self) -> None:
        """Ask for the memory that the checkpoints of the past may take."""
        kept = self.session.past
        if not kept.moments:
            self.say(kept.failure, "bad")
            return
        count = counted(len(kept.moments), "checkpoint")
        title = f"MiB for the past ({kept.bytes >> 20} are taken by {count})"

        def answer(text: str | None) -> None:
            if text is not None:
                self.machine.ask(partial(self.machine.source.keep, int(text)), self._kept_otherwise)

        self.push_screen(PromptScreen(title, str(kept.limit >> 20), _wrong_budget), answer)

    def _kept_otherwise(self, reply: Reply) -> None:
        self.say(reply.message, "good" if reply.ok else "bad")

    # --- a moment ---

    def action_visit(self) -> None:
        """Go back to the moment that is shown; firings are those of the editor's script."""
        moment = self.session.moment()
        if moment is None or not self.session.past.moments:
            self.say(f"cannot visit this moment: {self.session.past.failure or 'nothing is shown yet'}", "bad")
        elif self._is_of_another_machine(moment.sequence):
            self.say(f"cannot visit this moment: {_ANOTHER}", "bad")
        else:
            self._visit(moment.frame.tsc)

    def _is_of_another_machine(self, sequence: int) -> bool:
        """Whether a Frame was made before the machine was started again."""
        return sequence < self.session.timeline.ring.newest_machine()

    def _visit(self, tick: int) -> None:
        name = self.edit_view.script
        source = self.session.sources.get(name, "")
        self.push_screen(MomentScreen(self.machine, self.session, self.questions, tick, name, source))

    @on(AskWhy)
    def _why(self, event: AskWhy) -> None:
        """Go to the moment that a row or a line came from."""
        if not self.session.past.moments:
            self.say(f"cannot ask the past: {self.session.past.failure}", "bad")
        elif self._is_of_another_machine(event.cause.sequence):
            self.say(f"cannot ask the past: {_ANOTHER}", "bad")
        else:
            self.push_screen(WhyScreen(self.machine, self.session, self.questions, event.cause))

    # --- when a condition held ---

    def action_when(self) -> None:
        """Ask for a condition, and list the moments of the kept past at which it held."""
        if not self.session.past.moments:
            self.say(f"cannot search the past: {self.session.past.failure}", "bad")
            return
        hz = moment.frame.tsc_hz if (moment := self.session.moment()) else 1
        screen = WhenScreen(self.machine, self.questions, self.edit_view.editor.prelude, hz, self._search)
        self.push_screen(screen, self._searched)

    def _searched(self, search: Search | None) -> None:
        """Keep the search for the next time, and show the second that was chosen."""
        if search is None:
            return
        self._search = search
        if search.shown is not None:
            sequence = self.session.timeline.ring.at_or_after(search.shown)
            if sequence is None:
                self.say("that second is not in the history any more; Enter in the list visits it", "warn")
            else:
                self.session.timeline.go_to(sequence)
                self.show_moment()

    @on(WhenScreen.Chosen)
    def _chosen(self, event: WhenScreen.Chosen) -> None:
        self._visit(event.tick)

    # --- apply since ---

    @on(ApplySinceRequested)
    def _apply_since(self, event: ApplySinceRequested) -> None:
        if self._cancel is not None:
            self._cancel()
        elif not self.session.past.moments:
            self.say(f"cannot ask the past: {self.session.past.failure}", "bad")
        else:
            self._choose(event)

    def _choose(self, event: ApplySinceRequested) -> None:
        newest = self.session.timeline.ring.get(self.session.timeline.ring.end - 1)
        now = newest.guest_seconds if newest else 0.0
        all_of_it = max(0.0, now - self.session.past.moments[0])

        def answer(text: str | None) -> None:
            if text is not None:
                self._ask_past(event, 0.0 if text == ALL else max(0.0, now - float(text)))

        title = f"Apply since how many seconds? {all_of_it:.0f} are kept"
        self.push_screen(PromptScreen(title, ALL, _wrong), answer)

    def _ask_past(self, event: ApplySinceRequested, begin: float) -> None:
        """Load, then ask: up to the end of the second in which the machine goes on with the script."""
        waiting = self._waiting = _Waiting(event.name, event.source, begin)
        self._cancel = self._stop_waiting

        def loaded(reply: Reply) -> None:
            if self._waiting is not waiting:
                return
            if reply.ok:
                waiting.generation = reply.generation
                self.say(f"{event.name} runs; the past is asked from the end of this second; {self._since_key} cancels")
                self.ask_when_due()
            else:
                self._waiting = self._cancel = None  # the editor shows why

        self.apply(event.name, event.source, loaded)

    @property
    def _since_key(self) -> str:
        return key_of(self, "edit.since", EDITOR.actions)

    def _stop_waiting(self) -> None:
        self._waiting = self._cancel = None
        self.say("the past was not asked: cancelled", "warn")

    def ask_when_due(self) -> None:
        """Ask, once there is a Frame in which the machine has the script that is applied since a moment."""
        waiting, ring = self._waiting, self.session.timeline.ring
        newest = ring.get(ring.end - 1)
        if waiting is None or newest is None or not waiting.is_in(newest):
            return
        self._waiting, self._asked_name, self._asked_to = None, waiting.name, 0.0
        hz = newest.tsc_hz
        moments = ring.ticks_between(round(waiting.begin * hz), newest.tsc)
        ask = self.machine.source.ask
        send = partial(ask, waiting.name, waiting.source, waiting.begin, newest.tsc / hz, moments)
        self._cancel = self.questions.ask(send, self._asked_came, self._answered_past)

    def _asked_came(self, event: AskedFrame | Progress) -> bool:
        if isinstance(event, AskedFrame):
            self._asked_to = event.frame.guest_seconds
            return self.session.add_asked(event.frame, event.question)
        self.say(f"asking {self._asked_name}: {event.in_words()}; {self._since_key} cancels")
        return False

    def _answered_past(self, reply: Reply) -> None:
        self._cancel = None
        if reply.ok:
            self.say(reply.message, "good")
        else:
            asked = f"{self._asked_name} was asked only up to {self._asked_to:.0f} s"
            self.say(f"{asked if self._asked_to else 'the past was not asked'}: {reply.message}", "warn")


def _wrong_budget(text: str) -> str:
    """What is wrong with a number of MiB."""
    known = text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_PAST_MIB
    return "" if known else f"expected a whole number of MiB from 1 to {MOST_PAST_MIB}"


def _wrong(text: str) -> str:
    """What is wrong with a number of seconds."""
    if text == ALL:
        return ""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    return "" if 0 < seconds < float("inf") else f"expected a number greater than 0, or `{ALL}`"
