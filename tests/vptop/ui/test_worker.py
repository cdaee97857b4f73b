# SPDX-License-Identifier: GPL-2.0-or-later
"""Work in threads: one at a time, of the newest subject."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from threading import Event

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static

from vptop.model.blocks import Abandoned
from vptop.ui.worker import Worker


class Host(App[None]):
    """Has a widget that wants work done."""

    def compose(self) -> ComposeResult:
        """One widget."""
        yield Static()


class Gate:
    """Work that goes on until it may end, or is not wanted any more."""

    def __init__(self, result: str) -> None:
        self.result = result
        self.opened, self.gone = Event(), Event()

    def __call__(self, abandoned: Callable[[], bool]) -> str:
        while not self.opened.wait(0.001):
            if abandoned():
                self.gone.set()
                raise Abandoned
        return self.result


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.001)


def run(steps: Callable[[Static], Awaitable[None]]) -> None:
    async def main() -> None:
        async with (app := Host()).run_test():
            await steps(app.query_one(Static))

    asyncio.run(main())


def test_work_on_a_subject_is_not_begun_twice_and_another_subject_takes_its_place() -> None:
    async def steps(widget: Static) -> None:
        worker, taken = Worker(widget), list[str]()
        first, again, other = Gate("first"), Gate("again"), Gate("other")
        worker.begin("a", first, taken.append)
        worker.begin("a", again, taken.append)
        worker.begin("b", other, taken.append)
        await until(first.gone.is_set)
        other.opened.set()
        await until(lambda: not worker.busy)
        assert taken == ["other"]

    run(steps)


def test_a_result_that_is_late_is_dropped() -> None:
    async def steps(widget: Static) -> None:
        worker, taken, gate = Worker(widget), list[str](), Gate("late")
        worker.begin("a", gate, taken.append)
        worker.drop()
        assert not worker.busy
        await until(gate.gone.is_set)
        assert not taken

    run(steps)


def test_work_ends_with_its_widget() -> None:
    gate = Gate("never")

    async def steps(widget: Static) -> None:
        Worker(widget).begin("a", gate, print)

    run(steps)
    assert gate.gone.wait(10)


def test_an_error_of_the_work_is_one_of_the_user_interface() -> None:
    def fail(_: Callable[[], bool]) -> str:
        raise ZeroDivisionError

    async def steps(widget: Static) -> None:
        worker = Worker(widget)
        worker.begin("a", fail, print)
        await until(lambda: not worker.busy)

    with pytest.raises(ZeroDivisionError):
        run(steps)
