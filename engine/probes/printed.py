# SPDX-License-Identifier: GPL-2.0-or-later
"""Whose the text is that scripts print: the log of a Frame in parts, each written by one firing of a probe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

PARTS = 10_000
"""Parts that one Frame tells apart."""


class LogPart(msgspec.Struct, frozen=True):
    """Some characters of the log, and the firing that wrote them; no script: that is not known."""

    size: int
    guest_seconds: float = 0.0
    vcpu: int = -1
    """-1: outside of a VCPU, as VMX probes are"""
    script: str = ""
    probe: str = ""
    number: int = 0
    """of the probe in its script, as `ScriptState.probes` has them"""


def covering(log: str, parts: Sequence[LogPart]) -> tuple[LogPart, ...]:
    """The parts of a log, all of it: what they leave over at its end belongs to a last one."""
    rest = len(log) - sum(part.size for part in parts)
    return (*parts, LogPart(rest)) if rest > 0 else tuple(parts)


def joined(older: str, parts: Sequence[LogPart], newer: str, more: Sequence[LogPart]) -> tuple[LogPart, ...]:
    """The parts of two logs, one behind the other; none where neither has any."""
    return bounded((*covering(older, parts), *covering(newer, more))) if parts or more else ()


def bounded(parts: Iterable[LogPart]) -> tuple[LogPart, ...]:
    """At most PARTS of them: the last one has the size of all that are left."""
    found = tuple(parts)
    kept, rest = found[: PARTS - 1], found[PARTS - 1 :]
    return (*kept, LogPart(sum(part.size for part in rest))) if len(rest) > 1 else found


def without_beginning(parts: Sequence[LogPart], size: int) -> tuple[LogPart, ...]:
    """The parts of a log that has lost so many characters at its beginning."""
    kept: list[LogPart] = []
    for part in parts:
        gone = min(size, part.size)
        size -= gone
        if gone < part.size:
            kept.append(part if not gone else msgspec.structs.replace(part, size=part.size - gone))
    return tuple(kept)
