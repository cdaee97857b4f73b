# SPDX-License-Identifier: GPL-2.0-or-later
"""A Frame as OpenMetrics text (version 1.0), as Prometheus and others read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from engine.probes.frame import Frame, ProbeState
from vptop.export.format import Format
from vptop.export.parts import Parts, lines
from vptop.model.moment import Moment

Sample = tuple[str, float]
"""Labels as they are written, and the value."""


@dataclass(frozen=True, slots=True)
class Family:
    """A metric with its samples; samples of a counter get the suffix `_total`."""

    name: str
    type: str
    help: str
    samples: Iterable[Sample]


def render(moment: Moment) -> Parts:
    """Time, work, probes, and the rows of aggregates."""
    return lines(chain(chain.from_iterable(map(_lines, _families(moment.frame))), ["# EOF"]))


def _families(frame: Frame) -> Iterator[Family]:
    yield Family("vptop_guest_seconds", "gauge", "Guest time since power-on.", [("", frame.guest_seconds)])
    yield Family("vptop_blocks", "counter", "Blocks of code that were executed.", [("", frame.blocks)])
    yield Family("vptop_interrupts", "counter", "Hardware interrupts that were delivered.", [("", frame.interrupts)])
    yield Family("vptop_busy", "gauge", "Share of the last second in which the CPU was not halted.", [("", frame.busy)])
    probes = [
        (_place(script.name, number, probe), probe)
        for script in frame.scripts
        for number, probe in enumerate(script.probes, 1)
    ]
    firings = [(names, probe.hits) for names, probe in probes]
    errors = [(names, probe.errors) for names, probe in probes]
    yield Family("vptop_firings", "counter", "Firings of a probe.", firings)
    yield Family("vptop_errors", "counter", "Firings that ended with an error.", errors)
    for number, help_ in (
        ("count", "Updates of a row."),
        ("avg", "Average of the values of a row."),
        ("min", "Smallest value of a row."),
        ("max", "Largest value of a row."),
        ("latest", "Last value of a row."),
    ):
        yield Family(f"vptop_row_{number}", "gauge", help_, _rows(frame, number))


def _rows(frame: Frame, number: str) -> Iterator[Sample]:
    for (script, name), data in frame.aggregates.items():
        of_aggregate = _labels({"script": script, "aggregate": name})
        for row in data:
            yield of_aggregate + _keys(row.integers, row.strings), getattr(row, number)


def _place(script: str, number: int, probe: ProbeState) -> str:
    """Labels of a probe, which differ from those of another one of that name in its line."""
    file = {"file": probe.file} if probe.file else {}
    return _labels({"script": script, "probe": probe.name} | file | {"line": str(probe.line), "number": str(number)})


def _labels(labels: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())


def _keys(integers: Iterable[int], strings: Iterable[str]) -> str:
    """Labels that follow others."""
    found = [f',integer{number}="{value}"' for number, value in enumerate(integers, 1)]
    found += [f',string{number}="{_escaped(value)}"' for number, value in enumerate(strings, 1)]
    return "".join(found)


def _lines(family: Family) -> Iterator[str]:
    yield f"# TYPE {family.name} {family.type}"
    yield f"# HELP {family.name} {family.help}"
    suffix = "_total" if family.type == "counter" else ""
    name = family.name + suffix
    for labels, value in family.samples:
        yield f"{name}{{{labels}}} {value}" if labels else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


FORMAT = Format(".metrics.txt", "OpenMetrics", "this second's numbers for Prometheus and others", render)
