# SPDX-License-Identifier: GPL-2.0-or-later
"""Where something stands in one of the texts of a program."""

from __future__ import annotations

from dataclasses import dataclass

from engine.vp.diagnostics.diagnostic import Span
from engine.vp.diagnostics.source import SourceText


@dataclass(frozen=True, slots=True)
class Location:
    """The characters from `start` up to `end` of a text."""

    source: SourceText
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Lines and columns."""
        return self.source.span(self.start, self.end)

    def to(self, last: Location) -> Location:
        """The stretch from here to another place; only this one when that stands in another text or before it."""
        if last.source is not self.source or last.end < self.end:
            return self
        return Location(self.source, self.start, last.end)
