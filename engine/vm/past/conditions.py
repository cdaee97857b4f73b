# SPDX-License-Identifier: GPL-2.0-or-later
"""When did a VP expression hold? A script that is made of it prints the moments."""

from __future__ import annotations

import re
from dataclasses import replace

from engine.vm.past.messages import MOST_MOMENTS, Moment
from engine.vp import Diagnostic

NAME = "condition"
PERIOD = "USEC:1000"
"""Where a condition is evaluated when nothing else is asked for: each guest millisecond."""
_FIRST_LINE = 3
"""of the condition in the script"""
_PERIODIC = re.compile(r"(?:VMM:|VMX:)?(?:USEC:|TIMER:|VMM\d+Hz|VMX\d+Hz|PROFILE:)")
_EVENT = """(version "1.0")
(vprobe {at} (cond (
{condition}
 (printf "+ %d %d\\n" TSC BRCNT))))
"""
_STATE = """(definteger ~held)
(vprobe {at} (cond (
{condition}
 (cond ((== ~held 0) (do (setint ~held 1) (printf "+ %d %d\\n" TSC BRCNT)))))
 (~held (do (setint ~held 0) (printf "- %d %d\\n" TSC BRCNT)))))
"""


def script_of(condition: str, at: str = "") -> str:
    """A script that prints when a condition holds.

    Args:
        condition: a VP expression; 0 is false.
        at: the probe point at which it is evaluated. At a periodic one, it is a state that begins and ends; at
            another, each firing at which it holds is a moment.
    """
    at = at or PERIOD
    return (_STATE if _PERIODIC.match(at) else _EVENT).format(condition=condition, at=at)


def placed_in_condition(diagnostics: tuple[Diagnostic, ...], condition: str) -> tuple[Diagnostic, ...]:
    """Diagnostics of the script, at their places in the condition."""
    lines = condition.splitlines() or [""]
    moved = []
    for found in diagnostics:
        line, end = (
            min(max(number - _FIRST_LINE + 1, 1), len(lines)) for number in (found.span.line, found.span.end_line)
        )
        span = replace(found.span, line=line, end_line=end)
        moved.append(replace(found, span=span, file=NAME, source_line=lines[line - 1], fix=None))
    return tuple(moved)


class Found:
    """Collects the moments that the script prints."""

    def __init__(self) -> None:
        self.moments: list[Moment] = []
        self.more = 0
        self._rest = b""

    def __call__(self, printed: bytes) -> None:
        """Take what was printed; lines may come in parts."""
        *lines, self._rest = (self._rest + printed).split(b"\n")
        for line in lines:
            sign, tick, block = line.split()
            if sign == b"-":
                self._end(int(tick))
            elif len(self.moments) < MOST_MOMENTS:
                self.moments.append(Moment(int(tick), int(block)))
            else:
                self.more += 1

    def in_words(self, tsc_hz: int) -> str:
        """How many there are, with the first and the last."""
        if not self.moments:
            return "it never held"
        count = len(self.moments) + self.more
        first, last = self.moments[0].tick / tsc_hz, self.moments[-1].tick / tsc_hz
        return f"it held {count} time{'' if count == 1 else 's'}, first at {first:.6f} s" + (
            f" and last at {last:.6f} s" if len(self.moments) > 1 and not self.more else ""
        )

    def _end(self, tick: int) -> None:
        if self.moments and not self.moments[-1].until and not self.more:
            self.moments[-1] = Moment(self.moments[-1].tick, self.moments[-1].block, tick)
