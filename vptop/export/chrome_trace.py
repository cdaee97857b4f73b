# SPDX-License-Identifier: GPL-2.0-or-later
"""A session as trace events for Perfetto and chrome://tracing (Trace Event Format, JSON object form).

Without displayTimeUnit: milliseconds are its default, and older versions of Perfetto took it for the unit of times.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.probes.frame import labels
from engine.probes.frame_json import items
from vptop.export.format import Format
from vptop.export.parts import Parts
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.model.transcript import lines_of

Event = dict[str, Any]


def render(moment: Moment) -> Parts:
    """Counters for each second of guest time, and instants for what was logged, reloaded and went wrong."""
    yield b'{"otherData":{"exporter":"vptop"},"traceEvents":['
    yield from items(_trace(moment))
    yield b"]}\n"


def _trace(moment: Moment) -> Iterator[Event]:
    """Each power-on is a process: guest time begins at zero again."""
    process = 0
    for one in moment.moments():
        if process == 0 or one.previous is None:
            process += 1
            name = moment.session.guest or "guest"
            name = name if process == 1 else f"{name}, power-on {process}"
            yield {"ph": "M", "name": "process_name", "pid": process, "args": {"name": clean(name)}}
        # a counter keeps its value until the next one: it is drawn over the interval that it was measured in
        if one.previous is not None and one.seconds > 0:
            yield from _counters(one, process, one.frame.guest_seconds - one.seconds)
        if one.sequence == moment.sequence:
            yield from _counters(one, process, one.frame.guest_seconds)
        yield from _instants(one, process)


def _counters(moment: Moment, process: int, seconds: float) -> Iterator[Event]:
    def counter(name: str, values: dict[str, float]) -> Event:
        return {"ph": "C", "name": name, "pid": process, "ts": _microseconds(seconds), "args": values}

    yield counter("firings", {"per second": round(moment.hits(), 1)})
    yield counter("blocks", {"per second": round(moment.blocks() or 0)})
    yield counter("busy", {"percent": round(moment.frame.busy * 100, 1)})
    label = labels(moment.frame.aggregates)
    for which in moment.frame.aggregates:
        measured = moment.measured(which)
        if measured is not None:
            yield counter(clean(label[which]), {"updates per second": round(measured.rate, 1)})


def _instants(moment: Moment, process: int) -> Iterator[Event]:
    def instant(name: str, seconds: float = moment.frame.guest_seconds, **args: object) -> Event:
        at = {"pid": process, "tid": process, "ts": _microseconds(seconds)}
        return {"ph": "i", "s": "g", "name": clean(name)} | at | ({"args": args} if args else {})

    for reload in moment.session.reloads:
        if reload.sequence == moment.sequence:
            yield instant(f"{reload.name} generation {reload.generation}")
    for line in lines_of(moment.frame, moment.sequence):
        by = {"script": line.by.script, "probe": line.by.probe, "vcpu": line.by.vcpu} if line.by.script else {}
        yield instant(line.text, line.guest_seconds, **by)
    before = (
        {(one.script, one.file, one.line, one.column) for one in moment.previous.errors} if moment.previous else set()
    )
    for error in moment.frame.errors:
        if (error.script, error.file, error.line, error.column) not in before:
            yield instant(f"{error.file}:{error.line}:{error.column}: {error.message}")


def _microseconds(seconds: float) -> int:
    return round(seconds * 1e6)


FORMAT = Format(".trace.json", "Trace events", "the session for Perfetto and chrome://tracing", render)
