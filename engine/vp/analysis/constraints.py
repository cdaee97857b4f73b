# SPDX-License-Identifier: GPL-2.0-or-later
"""Values where a type is wanted: do they agree, and if not, where do both types come from."""

from __future__ import annotations

from dataclasses import dataclass

from engine.vp.analysis.types import Slot
from engine.vp.diagnostics.diagnostic import Span
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.tables.builtins import Type


@dataclass(frozen=True, slots=True)
class Use:
    """A value, what is wanted of it, and the words for that."""

    source: SourceText
    span: Span
    wanted: Slot
    found: Slot
    why: str


class Uses:
    """Compares uses. Arguments of a script's functions come last, so that the function and not the call decides."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._waiting: list[Use] = []

    def later(self, use: Use) -> None:
        """Compare when the bodies of all functions were seen."""
        self._waiting.append(use)

    def settle(self) -> None:
        """Compare what waits."""
        for use in self._waiting:
            self.compare(use)
        self._waiting.clear()

    def compare(self, use: Use) -> None:
        """Make the types of both sides one, or report that they differ."""
        found = use.found.root()
        if found.mixed is not None:
            notes = tuple(str(slot.origin) for slot in found.mixed if slot.origin is not None)
            message = f"{use.why}: the branches of this form differ in type"
            expected = "all branches integers, or all strings"
            self._findings.add("E306", use.source, use.span, message, expected=expected, notes=notes)
        elif not use.wanted.join(found):
            self._mismatch(use, use.wanted.root(), found)

    def _mismatch(self, use: Use, wanted: Slot, found: Slot) -> None:
        want, have = _article(wanted.type), _article(found.type)
        notes = [f"it is {have}: {found.origin}"] if found.origin and found.origin.span != use.span else []
        if wanted.origin and wanted.origin.span != use.span:
            notes.append(f"{want} is wanted: {wanted.origin}")
        message = f"{use.why} must be {want}, this is {have}"
        self._findings.add("E301", use.source, use.span, message, expected=want, notes=tuple(notes))


def _article(kind: Type | None) -> str:
    return "a string" if kind is Type.STRING else "an integer"
