# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person has typed into a script, and how it lies over the version that runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import SequenceMatcher

from engine.probes.frame import ScriptState
from vptop.ui.cells import numbers
from vptop.ui.editor.lists import Version


@dataclass(slots=True)
class Draft:
    """One script in the editor."""

    name: str
    running: str
    text: str
    cursor: tuple[int, int] = (0, 0)
    generation: int = 1
    versions: list[Version] = field(default_factory=list)
    sent: str | None = None
    """text that is on its way to the machine"""
    _hits: dict[int, int] = field(default_factory=dict)
    _seconds: float = 0.0
    _rates: dict[int, str] = field(default_factory=dict)

    @property
    def modified(self) -> bool:
        """It is not what runs."""
        return self.text != self.running

    def lines_of_running(self) -> tuple[dict[int, int], frozenset[int]]:
        """For each unchanged line of the running text its index in this one; and the indices of changed lines."""
        ours, theirs = self.text.split("\n"), self.running.split("\n")
        matcher = SequenceMatcher(None, theirs, ours, autojunk=False)
        same = {block.a + step: block.b + step for block in matcher.get_matching_blocks() for step in range(block.size)}
        return same, frozenset(range(len(ours))) - frozenset(same.values())

    def rates(self, state: ScriptState, seconds: float) -> dict[int, str]:
        """Firings per guest second and their cost, by line index of the running text."""
        passed = seconds - self._seconds
        if self._hits and passed <= 0:  # guest time stands
            return self._rates
        for number, probe in enumerate(state.probes):
            hits = probe.hits - self._hits[number] if number in self._hits else 0
            cost = f"  {numbers.short(probe.ns_per_hit)} ns" if probe.ns_per_hit else ""
            self._rates[probe.line - 1] = f"{numbers.rate(hits / passed) if passed > 0 else 0}/s{cost}"
            self._hits[number] = probe.hits
        self._seconds = seconds
        return dict(self._rates)

    def forget_rates(self) -> None:
        """The probes are others now."""
        self._hits.clear()
        self._rates.clear()
