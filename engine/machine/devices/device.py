# SPDX-License-Identifier: GPL-2.0-or-later
"""What all device models have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from engine.core.points import Point

HIGH, LOW = True, False
"""Levels of a wire."""
Line = Callable[[bool], None]
"""A wire: call it with the new level."""
Fire = Callable[[Point, Sequence[int]], None]
"""Fires the probes armed at a point, with their arguments."""


class Device:
    """A device of the machine: reset by the reset line, counted for the Frame."""

    name: str = ""
    """display name; a second device of a kind has a number in it"""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def reset(self) -> None:
        """What the reset line does."""
