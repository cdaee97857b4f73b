# SPDX-License-Identifier: GPL-2.0-or-later
"""Events of a question reach whoever asked it."""

from __future__ import annotations

from functools import partial

from textual.message import Message

from engine.vm.past.messages import AskedFrame, Progress
from engine.vm.protocol import Reply
from tests.vptop.ui.fakes import FakeSource
from vptop.ui.bridge import Answered, Machine
from vptop.ui.past.questions import Cancel, Questions

PROGRESS = Progress(1, 2.0, 0.0, 4.0)


class Asked:
    """A question over a source that answers when told to."""

    def __init__(self) -> None:
        self.source = FakeSource()
        self.heard: list[AskedFrame | Progress] = []
        self.replies: list[Reply] = []
        self.questions = Questions(Machine(self.source, self._tell))

    def _tell(self, message: Message) -> None:
        if isinstance(message, Answered):
            message.done(message.reply)

    def _hear(self, event: AskedFrame | Progress) -> bool:
        self.heard.append(event)
        return True

    def ask(self) -> Cancel:
        return self.questions.ask(partial(self.source.when, "1", ""), self._hear, self.replies.append)


def test_events_come_until_the_reply() -> None:
    asked = Asked()
    asked.ask()
    assert asked.questions.came(PROGRESS)
    assert not asked.questions.came(Progress(2, 0.0, 0.0, 0.0))
    asked.source.reply(Reply(1, ok=True, message="done"))
    assert not asked.questions.came(PROGRESS)
    assert (asked.heard, [reply.message for reply in asked.replies]) == ([PROGRESS], ["done"])


def test_events_of_a_visit_come_until_they_are_forgotten() -> None:
    asked = Asked()
    visit = asked.source.visit(1, "", "")
    asked.questions.hear(visit, asked._hear)
    assert asked.questions.came(PROGRESS)
    asked.questions.forget(visit)
    assert not asked.questions.came(PROGRESS)


def test_a_question_is_cancelled_once_while_it_is_open() -> None:
    asked = Asked()
    cancel = asked.ask()
    cancel()
    asked.source.reply(Reply(1, ok=False, message="cancelled"))
    cancel()
    assert asked.source.asked == [("when", "1", ""), ("cancel", "1")]


def test_a_machine_that_does_not_run_is_an_answer() -> None:
    asked = Asked()

    def fail() -> None:
        raise ConnectionError("the machine is not running")

    cancel = asked.questions.ask(fail, asked._hear, asked.replies.append)  # type: ignore[arg-type]
    assert [reply.message for reply in asked.replies] == ["the machine is not running"]
    cancel()
    assert asked.source.asked == []
