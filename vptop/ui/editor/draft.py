# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person has typed into a script, and how it lies over the version that runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest

from engine.probes.frame import Frame, ScriptState
from vptop.ui.editor.alignment import Alignment
from vptop.ui.editor.versions import Version
from vptop.ui.render import numbers


@dataclass(slots=True)
class Draft:
    """One script in the editor."""

    name: str
    running: str
    text: str
    cursor: tuple[int, int] = (0, 0)
    generation: int = 0
    """of the running version; 0: none runs"""
    versions: list[Version] = field(default_factory=list)
    sent: str | None = None
    """text that is on its way to the machine"""

    @property
    def modified(self) -> bool:
        """It is not what runs."""
        return self.text != self.running

    def over_running(self) -> Alignment:
        """How the lines of the text lie over those that run."""
        return Alignment(self.running.split("\n"), self.text.split("\n"))


def rates(state: ScriptState, before: ScriptState | None, seconds: float, shifts: Mapping[str, int]) -> dict[int, str]:
    """Firings per guest second and their cost, by line index of the running text.

    Args:
        state: the script now.
        shifts: lines of the text before each of the files that it consists of.
        before: the same generation of it some guest seconds earlier; without it there is nothing to compare.
        seconds: guest seconds between the two; 0 while guest time stands.
    """
    shown: dict[int, str] = {}
    comparable = before is not None and before.generation == state.generation and seconds > 0
    earlier = before.probes if before is not None and comparable else ()
    for probe, then in zip_longest(state.probes, earlier[: len(state.probes)]):
        words = []
        if then is not None and then.name == probe.name:  # a machine that was started anew has generation 1 again
            words.append(f"{numbers.rate(max(0, probe.hits - then.hits) / seconds)}/s")
        if probe.ns_per_hit:
            words.append(numbers.scaled(round(probe.ns_per_hit), "ns"))
        shown[probe.line - 1 + shifts.get(probe.file, 0)] = "  ".join(words)
    return shown


def failures(frame: Frame, script: str, shifts: Mapping[str, int]) -> dict[int, str]:
    """Run-time errors of a script by line index of its running text; of several in a line, the most frequent."""
    files = {script, *shifts}
    found = [error for error in frame.errors if error.script == script and error.file in files]
    found.sort(key=lambda error: error.count)
    return {error.line - 1 + shifts.get(error.file, 0): f"{error.message} ({error.count}\u00d7)" for error in found}
