# SPDX-License-Identifier: GPL-2.0-or-later
"""Whose the text is that scripts print: the log of a Frame in parts, each written by one firing of a probe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

PARTS = 10_000
"""Parts of which one Frame says who wrote them; of twice as many, whether it was logaggr."""


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
    is_aggregate: bool = False
    """logaggr wrote them: the rows of the aggregate say the same"""


def covering(log: str, parts: Sequence[LogPart]) -> tuple[LogPart, ...]:
    """The parts of a log, all of it: what they leave over at its end belongs to a last one."""
    rest = len(log) - sum(part.size for part in parts)
    return (*parts, LogPart(rest)) if rest > 0 else tuple(parts)


def joined(older: str, parts: Sequence[LogPart], newer: str, more: Sequence[LogPart]) -> tuple[LogPart, ...]:
    """The parts of two logs, one behind the other; none where neither has any."""
    return bounded((*covering(older, parts), *covering(newer, more))) if parts or more else ()


def bounded(parts: Iterable[LogPart]) -> tuple[LogPart, ...]:
    """At most twice PARTS of them: those beyond PARTS tell only what logaggr wrote from the rest."""
    found: list[LogPart] = []
    for part in parts:
        add(found, part)
    return tuple(found)


def add(parts: list[LogPart], part: LogPart) -> None:
    """Put a part behind others, which are `bounded`."""
    if len(parts) < PARTS:
        parts.append(part)
        return
    last = parts[-1]
    if len(parts) > PARTS and (last.is_aggregate == part.is_aggregate or len(parts) == 2 * PARTS):
        parts[-1] = LogPart(last.size + part.size, is_aggregate=last.is_aggregate and part.is_aggregate)
    else:
        parts.append(LogPart(part.size, is_aggregate=part.is_aggregate))


def without_beginning(parts: Sequence[LogPart], size: int) -> tuple[LogPart, ...]:
    """The parts of a log that has lost so many characters at its beginning."""
    kept: list[LogPart] = []
    for part in parts:
        gone = min(size, part.size)
        size -= gone
        if gone < part.size:
            kept.append(part if not gone else msgspec.structs.replace(part, size=part.size - gone))
    return tuple(kept)
