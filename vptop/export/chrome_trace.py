# SPDX-License-Identifier: GPL-2.0-or-later
"""A session as trace events for Perfetto and chrome://tracing (Trace Event Format, JSON object form)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from engine.probes.frame import labels
from vptop.export.format import Format
from vptop.model.session import Moment
from vptop.model.transcript import lines_of

Event = dict[str, Any]
PROCESS = 1


def render(moment: Moment) -> bytes:
    """Counters for each second of guest time, and instants for what was logged, reloaded and went wrong."""
    events = [{"ph": "M", "name": "process_name", "pid": PROCESS, "args": {"name": moment.session.guest or "guest"}}]
    for one in moment.moments():
        events += _events(one)
    document = {"displayTimeUnit": "ms", "otherData": {"exporter": "vptop"}, "traceEvents": events}
    return msgspec.json.encode(document) + b"\n"


def _events(moment: Moment) -> Iterator[Event]:
    at = round(moment.frame.guest_seconds * 1e6)
    yield _counter("firings", at, {"per second": round(moment.hits(), 1)})
    yield _counter("blocks", at, {"per second": round(moment.blocks())})
    yield _counter("busy", at, {"percent": round(moment.frame.busy * 100, 1)})
    label = labels(moment.frame.aggregates)
    for which in moment.frame.aggregates:
        measured = moment.measured(which)
        if measured is not None:
            yield _counter(label[which], at, {"updates per second": round(measured.rate, 1)})
    for reload in moment.session.reloads:
        if reload.sequence == moment.sequence:
            yield _instant(f"{reload.name} generation {reload.generation}", at)
    for line in lines_of(moment.frame, moment.sequence):
        if not line.is_aggregate:
            by = {"script": line.by.script, "probe": line.by.probe, "vcpu": line.by.vcpu} if line.by.script else {}
            yield _instant(line.text, round(line.guest_seconds * 1e6), by)
    before = (
        {(one.script, one.file, one.line, one.column) for one in moment.previous.errors} if moment.previous else set()
    )
    for error in moment.frame.errors:
        if (error.script, error.file, error.line, error.column) not in before:
            yield _instant(f"{error.file}:{error.line}:{error.column}: {error.message}", at)


def _counter(name: str, at: int, values: dict[str, float]) -> Event:
    return {"ph": "C", "name": name, "pid": PROCESS, "ts": at, "args": values}


def _instant(name: str, at: int, args: dict[str, object] | None = None) -> Event:
    event = {"ph": "i", "s": "g", "name": name, "pid": PROCESS, "tid": PROCESS, "ts": at}
    return event | {"args": args} if args else event


FORMAT = Format(".trace.json", "Trace events", "the session for Perfetto and chrome://tracing", render)
