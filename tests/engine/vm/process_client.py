# SPDX-License-Identifier: GPL-2.0-or-later
"""What a client of a real VM process hears, and how to wait for it."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from engine.probes.frame import AggregateId, Frame
from engine.vm.protocol import FrameMessage, Reply

LIMIT = 60
"""Seconds after which a VM that does nothing fails the test; no test waits for them to pass."""
IRQS = AggregateId("count.vp", "irqs")
COUNT = "(defaggr irqs 1 0)\n(vprobe Guest_IRQ (aggr irqs (ARG0) () 1))\n"
BAD = "(defaggr irqs 1 0)\n(vprobe Guest_IRQ (aggr irq (ARG0) () 1))\n"

E = TypeVar("E")


class Events:
    """What a client heard, to be waited for."""

    def __init__(self) -> None:
        self.heard: list[object] = []
        self._news = threading.Condition()

    def __call__(self, event: object) -> None:
        with self._news:
            self.heard.append(event)
            self._news.notify_all()

    def wait(self, kind: type[E], wanted: Callable[[E], bool] = lambda _: True) -> E:
        """The first event of a kind that is wanted."""

        def find() -> E | None:
            return next((event for event in self.heard if isinstance(event, kind) and wanted(event)), None)

        with self._news:
            assert self._news.wait_for(find, LIMIT), f"no such {kind.__name__}; heard {self.heard[-3:]}"
            found = find()
        assert found is not None
        return found

    def frame(self, wanted: Callable[[Frame], bool] = lambda _: True) -> Frame:
        """The first Frame that is wanted."""
        return self.wait(FrameMessage, lambda message: wanted(message.frame)).frame

    def forget(self) -> None:
        """From here on."""
        with self._news:
            self.heard.clear()


def ok(reply: Reply) -> Reply:
    assert reply.ok, reply.message
    return reply


def total(frame: Frame, name: str = "irqs") -> int:
    return sum(row.count for (_, known), data in frame.aggregates.items() if known == name for row in data)


def await_end(pid: int) -> None:
    """Wait for a process that is not our child."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([descriptor], [], [], LIMIT)[0], "still there"
    finally:
        os.close(descriptor)


def copies(leader: int) -> set[int]:
    """The processes of a VM process's group."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, group = path.read_text().rpartition(")")[2].split()[:3]
            if int(group) == leader and state != "Z":
                found.add(int(path.parent.name))
    return found
