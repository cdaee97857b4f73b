# SPDX-License-Identifier: GPL-2.0-or-later
"""Open questions about the past, and who is waiting for their answers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from engine.vm.client import Question
from engine.vm.past.messages import AskedFrame, Progress
from engine.vm.protocol import Reply
from vptop.ui.bridge import Done, Machine

Heard = Callable[[AskedFrame | Progress], bool]
"""Takes an event of a question; returns whether what is shown has changed."""
Cancel = Callable[[], None]


class Questions:
    """Passes the events of each question to whoever asked it. Everything runs on the app's thread."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._heard: dict[int, Heard] = {}

    def ask(self, send: Callable[[], Question], heard: Heard, done: Done) -> Cancel:
        """Ask.

        Args:
            send: sends the question.
            heard: gets its events.
            done: gets its Reply, after the last event.

        Returns:
            A function that cancels the question; it does nothing when the question has been answered.
        """
        asked: list[Question] = []

        def begin() -> Future[Reply]:
            question = send()
            asked.append(question)
            self._heard[question.id] = heard
            return question.reply

        def ended(reply: Reply) -> None:
            for question in asked:
                self._heard.pop(question.id, None)
            done(reply)

        def cancel() -> None:
            for question in asked:
                if self._heard.get(question.id) is heard:
                    self._machine.ask(partial(self._machine.source.cancel, question), lambda _: None)

        self._machine.ask(begin, ended)
        return cancel

    def hear(self, question: Question, heard: Heard) -> None:
        """Let someone else get the events of a question that goes on after its Reply, as a visit does."""
        self._heard[question.id] = heard

    def forget(self, question: Question) -> None:
        """Drop the events of a question from now on."""
        self._heard.pop(question.id, None)

    def came(self, event: AskedFrame | Progress) -> bool:
        """Take an event; those of a question that was cancelled are dropped."""
        heard = self._heard.get(event.question)
        return heard is not None and heard(event)
