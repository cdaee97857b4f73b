# SPDX-License-Identifier: GPL-2.0-or-later
"""A visit of a moment that has passed: it is asked for one thing after the other, and what is asked meanwhile waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from engine.vm.client import Question
from engine.vm.past.messages import AskedFrame, Progress, Unit, View
from engine.vm.protocol import Reply
from vptop.ui.bridge import Done, Machine
from vptop.ui.past.questions import Questions
from vptop.ui.render.numbers import counted

MOST_WAITING = 16
"""Keys that may wait for a step to end: as many as a person types ahead, fewer than a key repeats that is held down."""
Act = Callable[[], None]


class Visitor:
    """Goes to moments and steps from there.

    Args:
        machine: whose past it is.
        questions: those that are open.
        script: name and source of the script whose firings can be stepped to.
        arrived: gets the answer of each way and step.
        say: shows how far a long one has come.
    """

    def __init__(
        self,
        machine: Machine,
        questions: Questions,
        script: tuple[str, str],
        arrived: Done,
        say: Callable[[str], None],
    ) -> None:
        self.machine = machine
        self.questions = questions
        self.busy = False
        """under way; what is asked waits"""
        self._script = script
        self._arrived = arrived
        self._say = say
        self._visit: Question | None = None
        self._step: Question | None = None
        """the step that is being made"""
        self._given_up: Question | None = None
        """the last step that was given up"""
        self._waiting: deque[Act] = deque()

    def go(self, tick: int) -> None:
        """Go to a moment, from wherever this is."""
        self.end()
        self.busy = True

        def send() -> Future[Reply]:
            self._visit = self.machine.source.visit(tick, *self._script)
            self.questions.hear(self._visit, self._came_closer)
            return self._visit.reply

        self.machine.ask(send, self._ended)

    def step(self, unit: Unit, *, backward: bool) -> None:
        """Make a step."""
        if self._visit is None:
            return
        self.busy = True
        self.machine.ask(partial(self._send_step, self._visit, unit, backward=backward), self._ended)

    def _send_step(self, visit: Question, unit: Unit, *, backward: bool) -> Future[Reply]:
        self._step = self.machine.source.step(visit, unit, backward=backward)
        return self._step.reply

    def read(self, address: int, size: int, cpu: int, done: Done) -> None:
        """Read memory there."""
        if self._visit is not None:
            self.machine.ask(partial(self.machine.source.read_memory, self._visit, address, size, cpu), done)

    def when_free(self, act: Act) -> bool:
        """Do something now, or once what is under way has ended; False when too much waits already."""
        if not self.busy:
            act()
        elif len(self._waiting) < MOST_WAITING:
            self._waiting.append(act)
        else:
            return False
        return True

    def cancel(self) -> bool:
        """Give up the step that is being made, and what waits; False when there is neither, or it was given up before.

        A step that is given up has an answer, too, unless the process that makes it hangs.
        """
        given_up = self._step is not None and self._step is self._given_up
        cancelled = (self._step is not None and not given_up) or bool(self._waiting)
        self._waiting.clear()
        if self._step is not None and not given_up:
            self._given_up = self._step
            self.machine.ask(partial(self.machine.source.cancel, self._step), lambda _: None)
        return cancelled

    def end(self) -> None:
        """End the visit."""
        if self._visit is not None:
            self.questions.forget(self._visit)
            self.machine.ask(partial(self.machine.source.cancel, self._visit), lambda _: None)
            self._visit = self._step = None

    @property
    def state(self) -> str:
        """What is under way, and what a key does about it."""
        return self._state("")

    def _state(self, how_far: str) -> str:
        if self._step is not None and self._step is self._given_up:
            return "giving up the step; Esc leaves"
        doing = "looking for it" if self._step is not None else "going there"
        count = len(self._waiting)
        waiting = f"; {counted(count, 'more key')} typed" if count else ""
        return f"{doing}{how_far}{waiting}; Esc {'cancels' if self._step is not None or self._waiting else 'leaves'}"

    def _came_closer(self, event: AskedFrame | Progress) -> bool:
        if self.busy and isinstance(event, Progress):
            self._say(self._state(f": {event.in_words()}"))
        return False

    def _ended(self, reply: Reply) -> None:
        self.busy, self._step = False, None
        if not reply.ok or (isinstance(reply.past, View) and reply.past.note):
            self._waiting.clear()  # they were meant to go on from elsewhere
        self._arrived(reply)
        while self._waiting and not self.busy:
            self._waiting.popleft()()
