# SPDX-License-Identifier: GPL-2.0-or-later
"""How a firing can end early."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Kinds of run-time error; the names are those of the corpus files `run.KIND.name.vp`."""

    UNMAPPED = "UNMAPPED"
    PHYSICAL = "PHYSICAL"
    STACK = "STACK"
    DIVIDE = "DIVIDE"
    NO_VCPU = "NO_VCPU"
    STEPS = "STEPS"
    FORMAT = "FORMAT"
    NO_PATTERN = "NO_PATTERN"
    TOO_LONG = "TOO_LONG"
    ABSENT = "ABSENT"


DESCRIPTIONS = {
    Kind.UNMAPPED: "guest address is not mapped",
    Kind.PHYSICAL: "guest physical address is not memory",
    Kind.STACK: "calls nest too deeply",
    Kind.DIVIDE: "division by zero",
    Kind.NO_VCPU: "VCPU state read in VMX context",
    Kind.STEPS: "too many calls in one firing",
    Kind.FORMAT: "invalid computed format",
    Kind.NO_PATTERN: "code pattern not found",
    Kind.TOO_LONG: "text of printf is too long",
    Kind.ABSENT: "nothing has this number",
}
"""What `EXCDESC` says of each (docs/vp.md)."""


class RunTimeError(Exception):
    """Ends the firing in which it happens; the guest goes on."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind.value)
        self.kind = kind


class ProbeExit(Exception):  # noqa: N818 - a way to leave, not an error
    """`exit`: ends the firing, as it should."""
