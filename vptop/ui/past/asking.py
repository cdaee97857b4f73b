# SPDX-License-Identifier: GPL-2.0-or-later
"""Apply a script since a moment: to the machine, and to seconds that have passed."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial

from textual import on

from engine.vm.client import Question
from engine.vm.past.messages import AskedFrame, PastKept, Progress
from engine.vm.protocol import Reply
from vptop.ui.actions import key_of
from vptop.ui.capturing import CaptureShell
from vptop.ui.dialogs.prompt import PromptScreen
from vptop.ui.editor.actions import EDITOR
from vptop.ui.editor.messages import ApplyRequested, ApplySinceRequested
from vptop.ui.past.moment import MomentScreen


class AskingShell(CaptureShell):
    """A Shell that asks questions about the past. One is asked at a time."""

    _kept = PastKept((), 0, 0, "no past is kept yet")
    _question: Question | None = None
    _asked_name = ""

    def past_came(self, event: AskedFrame | Progress | PastKept) -> bool:
        """Take an event about the past; returns whether what is shown has changed."""
        if isinstance(event, PastKept):
            self._kept = event
        elif self._question is None or event.question != self._question.id:
            return False  # of a question that was cancelled
        elif isinstance(event, AskedFrame):
            return self.session.add_asked(event.frame)
        else:
            done, all_of_it = event.at - event.begin, event.until - event.begin
            key = key_of(self, "edit.since", EDITOR.actions)
            self.say(f"asking {self._asked_name}: {done:.1f} of {all_of_it:.1f} s; {key} cancels")
        return False

    def action_visit(self) -> None:
        """Go back to the moment that is shown; firings are those of the editor's script."""
        moment = self.session.moment()
        if not self._kept.moments or moment is None:
            self.say(f"cannot visit this moment: {self._kept.failure or 'nothing is shown yet'}", "bad")
            return
        name = self.edit_view.script
        source = self.session.sources.get(name, "")
        self.push_screen(MomentScreen(self.machine, moment.frame.tsc, self.session.symbols, name, source))

    @on(ApplySinceRequested)
    def _apply_since(self, event: ApplySinceRequested) -> None:
        if self._question is not None:
            self.machine.ask(partial(self.machine.source.cancel, self._question), lambda _: None)
        elif not self._kept.moments:
            self.say(f"cannot ask the past: {self._kept.failure}", "bad")
        else:
            self._choose(event)

    def _choose(self, event: ApplySinceRequested) -> None:
        newest = self.session.timeline.ring.get(self.session.timeline.ring.end - 1)
        now = newest.guest_seconds if newest else 0.0
        all_of_it = max(0.0, now - self._kept.moments[0])

        def answer(text: str | None) -> None:
            if text is not None:
                self._ask_past(event, max(0.0, now - float(text)))

        title = f"Apply since how many seconds? {all_of_it:.0f} are kept"
        self.push_screen(PromptScreen(title, f"{all_of_it:.0f}", _wrong), answer)

    def _ask_past(self, event: ApplySinceRequested, begin: float) -> None:
        """Ask, then load: what is asked ends where the machine goes on with the script."""
        self._asked_name = event.name

        def send() -> Future[Reply]:
            self._question = self.machine.source.ask(event.name, event.source, begin)
            return self._question.reply

        self.machine.ask(send, self._answered_past)
        self.post_message(ApplyRequested(event.name, event.source))

    def _answered_past(self, reply: Reply) -> None:
        self._question = None
        if reply.ok:
            self.say(reply.message, "good")
        elif not reply.diagnostics:  # the editor shows those that loading finds
            self.say(f"the past was not asked: {reply.message}", "warn")


def _wrong(text: str) -> str:
    """What is wrong with a number of seconds."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    return "" if 0 < seconds < float("inf") else "expected a number of seconds greater than 0"
