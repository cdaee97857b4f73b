# SPDX-License-Identifier: GPL-2.0-or-later
"""Type inference: slots that become integer or string as uses are found, and remember the reason."""

from __future__ import annotations

from dataclasses import dataclass

from engine.vp.diagnostics.diagnostic import Span
from engine.vp.tables.builtins import Type


@dataclass(frozen=True, slots=True)
class Origin:
    """Why something has its type: words for it, and its place if it has one in a script."""

    words: str
    file: str = ""
    span: Span | None = None

    def __str__(self) -> str:
        return self.words if self.span is None else f"{self.words} at {self.file}:{self.span.line}:{self.span.column}"


class Slot:
    """The type of an expression, parameter or result. Slots that must be of one type are joined (union-find)."""

    __slots__ = ("_parent", "mixed", "origin", "type")

    def __init__(self, kind: Type | None = None, origin: Origin | None = None) -> None:
        self._parent: Slot | None = None
        self.type = kind
        self.origin = origin
        self.mixed: tuple[Slot, Slot] | None = None
        """two branches of different types; it is an error to use the value"""

    def root(self) -> Slot:
        """The representative of all slots joined with this one."""
        slot = self
        while slot._parent is not None:
            slot = slot._parent
        return slot

    def resolved(self) -> Type:
        """The type; integer if nothing determines it."""
        return self.root().type or Type.INTEGER

    def join(self, other: Slot) -> bool:
        """Make both slots one; False if one is an integer and the other a string."""
        a, b = self.root(), other.root()
        if a is b:
            return True
        if a.type is not None and b.type is not None:
            return a.type is b.type
        if a.type is None:
            a, b = b, a
        b._parent = a  # noqa: SLF001 - another slot of this class
        return True


def merge(a: Slot, b: Slot) -> Slot:
    """The type of a value that comes from one of two branches."""
    for slot in (a.root(), b.root()):
        if slot.mixed is not None:
            return slot
    if a.join(b):
        return a.root()
    both = Slot()
    both.mixed = (a.root(), b.root())
    return both
