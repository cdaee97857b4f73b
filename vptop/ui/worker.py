# SPDX-License-Identifier: GPL-2.0-or-later
"""Work that takes long is done in a thread, and its result taken by the widget that asked."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Thread
from typing import TypeVar

from textual.widget import Widget

from vptop.model.blocks import Abandoned

T = TypeVar("T")


@dataclass(eq=False, slots=True)
class _Job:
    subject: Hashable
    abandoned: bool = False


class Worker:
    """Does one piece of work at a time for a widget.

    While work on a subject goes on, more of it is not begun: whoever takes the result sees that it is an old one, and
    asks again. Work on another subject takes the place of what goes on.
    """

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._job: _Job | None = None

    @property
    def busy(self) -> bool:
        """Whether work goes on."""
        return self._job is not None

    def begin(self, subject: Hashable, work: Callable[[Callable[[], bool]], T], take: Callable[[T], object]) -> None:
        """Do the work in a thread, unless work on that subject goes on.

        Args:
            subject: what it is about, whichever Frame is the newest.
            work: is told how to find out whether its result is still wanted; it may raise Abandoned then.
            take: takes the result, in the thread of the user interface.
        """
        if self._job is not None and self._job.subject == subject:
            return
        self.drop()
        job = self._job = _Job(subject)

        def abandoned() -> bool:
            return job.abandoned or not self._widget.is_running

        def run() -> None:
            try:
                result = work(abandoned)
            except Abandoned:
                return
            except BaseException as error:  # noqa: BLE001 - it is raised in the thread of the user interface
                self._widget.call_later(self._end, job, _raising(error))
            else:
                self._widget.call_later(self._end, job, lambda: take(result))

        Thread(target=run, name="work", daemon=True).start()

    def drop(self) -> None:
        """What goes on is no longer wanted."""
        if self._job is not None:
            self._job.abandoned = True
            self._job = None

    def _end(self, job: _Job, take: Callable[[], object]) -> None:
        if job is self._job:
            self._job = None
            take()


def _raising(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail
