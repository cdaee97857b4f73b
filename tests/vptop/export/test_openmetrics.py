# SPDX-License-Identifier: GPL-2.0-or-later
"""OpenMetrics text, read back by the rules of its specification."""

from __future__ import annotations

import re

import msgspec

from engine.probes.frame import AggregateId, ProbeState
from tests.vptop.export.moments import moment_of
from tests.vptop.ui.fakes import aggregate, frame, ones
from vptop.export.openmetrics import render

SAMPLE = re.compile(
    r'(?P<name>[a-z_]+)(?:\{(?P<labels>(?:[a-z0-9_]+="(?:[^"\\\n]|\\.)*",?)*)\})? (?P<value>[-0-9.e+]+)'
)


def test_every_line_is_a_sample_or_describes_one() -> None:
    lines = b"".join(render(moment_of())).decode().splitlines()
    assert lines[-1] == "# EOF"
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", "\n".join(lines), re.MULTILINE))
    for line in lines[:-1]:
        if not line.startswith("#"):
            match = SAMPLE.fullmatch(line)
            assert match is not None, line
            assert types[match["name"].removesuffix("_total")] == ("counter" if "_total" in match["name"] else "gauge")


def test_values_and_labels() -> None:
    rows = {AggregateId("a.vp", "a"): aggregate([ones((46,), ('say "hi"\\\n',), 7)])}
    text = b"".join(render(moment_of(frame(2, aggregates=rows)))).decode()
    assert 'vptop_row_count{script="a.vp",aggregate="a",integer1="46",string1="say \\"hi\\"' in text
    assert "vptop_guest_seconds 2.0\n" in text
    assert 'vptop_firings_total{script="vptop.vp",probe="Guest_IRQ",line="3",number="1"} 580\n' in text


def test_two_probes_of_a_name_in_a_line_have_samples_of_their_own() -> None:
    probes = (ProbeState("VMM1Hz", 3, 2, 0, 0), ProbeState("VMM1Hz", 3, 1, 0, 0))
    made = frame(2)
    script = msgspec.structs.replace(made.scripts[0], probes=probes)
    text = b"".join(render(moment_of(msgspec.structs.replace(made, scripts=(script,))))).decode()
    samples = [line for line in text.splitlines() if line.startswith("vptop_firings_total")]
    assert len({sample.split("} ")[0] for sample in samples}) == len(samples) == 2
