# SPDX-License-Identifier: GPL-2.0-or-later
"""What is asked of a visit while it is under way waits."""

from __future__ import annotations

from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

from engine.vm.client import Question
from engine.vm.past.messages import Progress
from engine.vm.protocol import Reply
from vptop.ui.past.questions import Questions
from vptop.ui.past.visiting import MOST_WAITING, Visitor


class _Machine:
    """Answers when a test says so."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.done: list[Any] = []
        self.source = SimpleNamespace(
            visit=lambda tick, *script: self._question("visit", tick, *script),
            step=lambda visit, unit, backward: self._question("step", unit, backward),
            cancel=lambda question: self._question("cancel", question.id).reply,
        )

    def _question(self, *what: object) -> Question:
        self.asked.append(what)
        return Question(len(self.asked), Future())

    def ask(self, send: Any, done: Any) -> None:
        send()
        self.done.append(done)


def _visitor(machine: Any) -> tuple[Visitor, list[Reply], list[str]]:
    arrived: list[Reply] = []
    said: list[str] = []
    return Visitor(machine, Questions(machine), ("a.vp", "text"), arrived.append, said.append), arrived, said


def test_what_is_asked_meanwhile_is_done_in_order_afterwards() -> None:
    machine = _Machine()
    visitor, arrived, _ = _visitor(machine)
    visitor.go(7)
    done: list[int] = []
    assert visitor.when_free(lambda: visitor.step("block", backward=False))
    assert visitor.when_free(lambda: done.append(1))
    machine.done[0](Reply(1, ok=True))
    assert machine.asked == [("visit", 7, "a.vp", "text"), ("step", "block", False)]
    assert done == []
    machine.done[1](Reply(2, ok=True))
    assert done == [1]
    assert [reply.id for reply in arrived] == [1, 2]


def test_what_is_too_much_is_refused() -> None:
    machine = _Machine()
    visitor, _, _ = _visitor(machine)
    visitor.go(7)
    assert [visitor.when_free(lambda: None) for _ in range(MOST_WAITING + 1)] == [*[True] * MOST_WAITING, False]
    assert visitor.state == f"going there; {MOST_WAITING} more keys typed; Esc cancels"
    assert visitor.cancel()  # what waits
    assert visitor.state == "going there; Esc leaves"
    assert not visitor.cancel()


def test_how_far_it_has_come_is_said() -> None:
    machine = _Machine()
    visitor, _, said = _visitor(machine)
    visitor.go(7)
    machine.done[0](Reply(1, ok=True))
    visitor.step("firing", backward=True)
    visitor.questions.came(Progress(1, 12.5, 10.0, 60.0))
    assert said == ["looking for it: 2.5 of 50.0 s; Esc cancels"]
    assert visitor.cancel()
    assert machine.asked[-1] == ("cancel", 2)
