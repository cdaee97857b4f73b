# SPDX-License-Identifier: GPL-2.0-or-later
"""The last Frames in order, bounded in number and in bytes, and the cursor that picks the one to look at."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from itertools import islice

import msgspec

from engine.probes.frame import Frame

FRAMES = 900
"""15 minutes of guest seconds."""
BYTES = 96 << 20
"""Frames of common scripts have 20 to 35 KB. With so many bytes of larger ones, the dashboard stays below 300 MB."""
SHARED_NUMBERS = range(-5, 257)
"""CPython has one object for each of them."""
LEAST = 2
"""Frames that are kept, however large: rates take two."""


def weight(frame: Frame) -> int:
    """How many bytes a Frame holds in memory: what Python allocated for it and for all that it refers to.

    What all Frames share is left out: small numbers, empty texts, and names of registers and counters.
    """
    bytes_held = 0
    waiting: list[object] = [frame]
    while waiting:
        held = waiting.pop()
        if not held or (isinstance(held, int) and held in SHARED_NUMBERS):
            continue
        bytes_held += sys.getsizeof(held)
        if isinstance(held, msgspec.Struct):
            waiting += [getattr(held, name) for name in held.__struct_fields__]
        elif isinstance(held, dict):
            waiting += [key for key in held if not isinstance(key, str)]
            waiting += held.values()
        elif isinstance(held, tuple):
            waiting += held
    return bytes_held


def follows(frame: Frame, earlier: Frame) -> bool:
    """Whether the machine that made a Frame had made the earlier one: what it counts began there, or later."""
    return frame.began >= earlier.tsc


class Ring:
    """Frames in order of arrival. The oldest go when they are too many or too large, but never the two newest."""

    def __init__(self, frames: int = FRAMES, limit: int = BYTES) -> None:
        self._frames: deque[Frame] = deque()
        self._weights: deque[int] = deque()
        self._machines: deque[int] = deque()
        """sequence numbers of the first Frames of machines; the machine of the oldest Frame may have begun earlier"""
        self._most = frames
        self._limit = limit
        self.bytes = 0
        self.first = 0
        """Sequence number of the oldest Frame that is still here."""

    def __len__(self) -> int:
        return len(self._frames)

    def __iter__(self) -> Iterator[Frame]:
        return iter(self._frames)

    @property
    def end(self) -> int:
        """Sequence number after the newest Frame."""
        return self.first + len(self._frames)

    def append(self, frame: Frame) -> None:
        """Take a new Frame, letting go of old ones."""
        if not (self._frames and follows(frame, self._frames[-1])):
            self._machines.append(self.end)
        self._frames.append(frame)
        self._weights.append(weight(frame))
        self.bytes += self._weights[-1]
        while len(self._frames) > LEAST and (len(self._frames) > self._most or self.bytes > self._limit):
            self._frames.popleft()
            self.bytes -= self._weights.popleft()
            self.first += 1
        while len(self._machines) > 1 and self._machines[1] <= self.first:
            self._machines.popleft()

    def before(self, end: int) -> Ring:
        """A ring of its own with the Frames before that sequence number."""
        made, most = Ring(self._most, self._limit), max(0, end - self.first)
        made._frames, made._weights = deque(islice(self._frames, most)), deque(islice(self._weights, most))
        made._machines = deque(one for one in self._machines if one < end)
        made.bytes, made.first = sum(made._weights), self.first
        return made

    def find(self, tick: int) -> range:
        """Sequence numbers of the Frames that the newest machine made at that tick of the guest, as it stood there."""
        first = end = self.newest_machine()
        for sequence in range(first, self.end):
            here = self._frames[sequence - self.first].tsc
            first, end = first + (here < tick), end + (here <= tick)
        return range(first, end)

    def ticks_between(self, begin: int, end: int) -> list[int]:
        """Ticks after one and before another at which the newest machine made Frames, in order."""
        found = [frame.tsc for frame in islice(self._frames, self.newest_machine() - self.first, None)]
        return [*dict.fromkeys(tick for tick in found if begin < tick < end)]

    def at_or_after(self, tick: int) -> int | None:
        """Sequence number of the first Frame of the newest machine that was not made before a tick; None: not here."""
        first = self.newest_machine()
        ticks = [frame.tsc for frame in islice(self._frames, first - self.first, None)]
        at = bisect_left(ticks, tick)
        is_there = at < len(ticks) and (at > 0 or ticks[0] == tick or first > self.first or self.first == 0)
        return first + at if is_there else None

    def newest_machine(self) -> int:
        """Sequence number of the first Frame here of the newest machine."""
        return self.machine_of(self.end - 1)

    def machine_of(self, sequence: int) -> int:
        """Sequence number of the first Frame here of the machine that made that one."""
        begun = next((one for one in reversed(self._machines) if one <= sequence), self.first)
        return max(begun, self.first)

    def replace(self, sequence: int, frame: Frame) -> None:
        """Put a Frame in the place of one that is here."""
        index = sequence - self.first
        self.bytes += weight(frame) - self._weights[index]
        self._frames[index], self._weights[index] = frame, weight(frame)

    def get(self, sequence: int) -> Frame | None:
        """The Frame of that sequence number; None when it is gone or not yet here."""
        index = sequence - self.first
        return self._frames[index] if 0 <= index < len(self._frames) else None


class Timeline:
    """A Ring and a cursor: live (the newest Frame is shown) or frozen at one Frame."""

    def __init__(self, ring: Ring | None = None) -> None:
        self.ring = Ring() if ring is None else ring
        self._frozen: int | None = None

    @property
    def live(self) -> bool:
        """True when the newest Frame is shown."""
        return self._frozen is None

    @property
    def cursor(self) -> int:
        """Sequence number of the Frame to show. A Frame that fell out of the ring gives way to the oldest."""
        if self._frozen is None:
            return self.ring.end - 1
        return max(self._frozen, self.ring.first)

    @property
    def shown(self) -> Frame | None:
        """The Frame to show; None before the first."""
        return self.ring.get(self.cursor)

    @property
    def behind(self) -> int:
        """How many Frames the shown one is behind the newest."""
        return max(0, self.ring.end - 1 - self.cursor)

    @property
    def seconds_behind(self) -> float | None:
        """Guest seconds from the shown Frame to the newest; None when that came from a machine started anew."""
        shown, newest = self.shown, self.ring.get(self.ring.end - 1)
        if shown is None or newest is None:
            return 0.0
        is_there = self.cursor >= self.ring.newest_machine()
        return newest.guest_seconds - shown.guest_seconds if is_there else None

    def freeze(self) -> None:
        """Keep showing the Frame shown now, while new ones go on arriving."""
        if len(self.ring):
            self._frozen = self.cursor

    def go_live(self) -> None:
        """Show the newest Frame again."""
        self._frozen = None

    def step(self, frames: int) -> None:
        """Freeze, and move the cursor back (negative) or forward, as far as there are Frames."""
        self.go_to(self.cursor + frames)

    def go_to(self, sequence: int) -> None:
        """Freeze at that Frame, or the nearest that there is."""
        if len(self.ring):
            self._frozen = min(max(sequence, self.ring.first), self.ring.end - 1)
