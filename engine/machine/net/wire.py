# SPDX-License-Identifier: GPL-2.0-or-later
"""A full-duplex 100BASE-TX wire between two ends (IEEE 802.3, clauses 4 and 24)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from engine.machine.clock import Clock

NS_PER_BYTE = 80
"""100 Mbit/s"""
PREAMBLE, FCS, GAP = 8, 4, 12
"""Bytes that a frame takes on the wire beside its own: preamble with start delimiter, frame check sequence, gap."""
_SHORTEST = 60
PROPAGATION_NS = 500
"""a hundred metres of cable"""

Receiver = Callable[[bytes], None]
"""Takes a frame: destination to payload, without frame check sequence."""


def wire_ns(frame_bytes: int) -> int:
    """How long a frame of so many bytes (without frame check sequence) keeps the wire busy."""
    return (PREAMBLE + max(frame_bytes, _SHORTEST) + FCS + GAP) * NS_PER_BYTE


class Direction:
    """One direction: frames arrive in order, each after its time on the wire and the propagation delay."""

    def __init__(self, clock: Clock, receiver: Receiver) -> None:
        self._clock = clock
        self._receiver = receiver
        self._free_at = 0
        self._under_way: deque[bytes] = deque()

    def send(self, frame: bytes, after_ns: int = 0) -> None:
        """Put a frame on the wire when `after_ns` have passed and it is free."""
        start = max(self._clock.now + self._clock.ticks(after_ns), self._free_at)
        self._free_at = start + self._clock.ticks(wire_ns(len(frame)))
        self._arrive_at(self._free_at + self._clock.ticks(PROPAGATION_NS), frame)

    def pass_on(self, frame: bytes) -> None:
        """A frame whose last bit has just left a sender that keeps time itself."""
        self._arrive_at(self._clock.now + self._clock.ticks(PROPAGATION_NS), frame)

    def _arrive_at(self, tick: int, frame: bytes) -> None:
        self._under_way.append(frame)
        self._clock.at(tick, self._arrived)

    def _arrived(self) -> None:
        self._receiver(self._under_way.popleft())
