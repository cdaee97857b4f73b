# SPDX-License-Identifier: GPL-2.0-or-later
"""Trace events."""

from __future__ import annotations

import json

from engine.probes.frame import RuntimeFault
from engine.probes.printed import LogPart
from tests.vptop.export.moments import moment_of
from tests.vptop.ui.fakes import frame
from vptop.export.chrome_trace import render

FAULT = RuntimeFault("a.vp", "VMM1Hz", "a.vp", 3, 1, "division by zero", 1)


def test_counters_for_each_second_and_instants_for_what_happened() -> None:
    frames = [
        frame(1, log="", errors=()),
        frame(2, log="one\ntwo\n", errors=(FAULT,)),
        frame(3, log="three\n", log_parts=(LogPart(6, 2.5, 0, "a.vp", "In"),), errors=(FAULT,)),
    ]
    events = json.loads(render(moment_of(*frames)))["traceEvents"]
    firings = [(event["ts"], event["args"]["per second"]) for event in events if event["name"] == "firings"]
    assert [at for at, _ in firings] == [1_000_000, 2_000_000, 3_000_000]
    assert firings[0][1] == 0
    assert firings[1][1] > 0
    instants = [(event["ts"], event["name"]) for event in events if event["ph"] == "i"]
    assert instants == [
        (2_000_000, "one"), (2_000_000, "two"), (2_000_000, "a.vp:3:1: division by zero"), (2_500_000, "three"),
    ]  # fmt: skip
    assert [event["args"] for event in events if event["name"] == "three"] == [
        {"script": "a.vp", "probe": "In", "vcpu": 0}
    ]
