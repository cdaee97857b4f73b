# SPDX-License-Identifier: GPL-2.0-or-later
"""The event queue of the virtual clock. One tick is one count of the time stamp counter."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

NEVER = (1 << 64) - 1
"""A tick that never comes."""


@dataclass(order=True, slots=True)
class Event:
    """Something a device does later. Events of one tick run in the order in which they were scheduled."""

    tick: int
    sequence: int
    action: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)


class Clock:
    """Gives devices the time and calls them later; the machine runs the guest from event to event."""

    def __init__(self, hz: int, now: Callable[[], int], deadline: Callable[[int], None]) -> None:
        """`now` gives the tick; `deadline` is called with the tick of the earliest event whenever that changes."""
        self.hz = hz
        self._now = now
        self._deadline = deadline
        self._queue: list[Event] = []
        self._sequence = 0

    @property
    def now(self) -> int:
        """Ticks since power-on."""
        return self._now()

    def ticks(self, nanoseconds: int) -> int:
        """A time span in ticks, rounded up."""
        return -(-nanoseconds * self.hz // 1_000_000_000)

    def at(self, tick: int, action: Callable[[], None]) -> Event:
        """Call a device when the clock has reached a tick."""
        event = Event(tick, self._sequence, action)
        self._sequence += 1
        heapq.heappush(self._queue, event)
        if self._queue[0] is event:
            self._deadline(tick)
        return event

    def after(self, nanoseconds: int, action: Callable[[], None]) -> Event:
        """Call a device after a span of guest time."""
        return self.at(self.now + self.ticks(nanoseconds), action)

    def cancel(self, event: Event | None) -> None:
        """Cancel an event; does nothing if it has already run."""
        if event is None:
            return
        event.cancelled = True
        if self._queue and self._queue[0] is event:
            self._drop_cancelled()
            self._deadline(self.next_tick)

    @property
    def next_tick(self) -> int:
        """Tick of the earliest event, or NEVER."""
        return self._queue[0].tick if self._queue else NEVER

    def run_due(self) -> None:
        """Run every event that is due, and set the next deadline."""
        now = self.now
        self._drop_cancelled()
        while self._queue and self._queue[0].tick <= now:
            heapq.heappop(self._queue).action()
            self._drop_cancelled()
        self._deadline(self.next_tick)

    def clear(self) -> None:
        """Cancel all events."""
        for event in self._queue:
            event.cancelled = True
        self._queue.clear()
        self._deadline(NEVER)

    def _drop_cancelled(self) -> None:
        while self._queue and self._queue[0].cancelled:
            heapq.heappop(self._queue)
