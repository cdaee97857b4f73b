# SPDX-License-Identifier: GPL-2.0-or-later
"""Trace events."""

from __future__ import annotations

import json

from engine.probes.frame import RuntimeFault
from engine.probes.printed import LogPart
from tests.vptop.export.moments import moment_of
from tests.vptop.ui.fakes import frame
from tests.vptop.ui.hostile import hostile
from vptop.export.chrome_trace import render
from vptop.model.moment import Moment

FAULT = RuntimeFault("a.vp", "VMM1Hz", "a.vp", 3, 1, "division by zero", 1)


def counters(moment: Moment, name: str) -> list[tuple[int, int, float]]:
    events = json.loads(b"".join(render(moment)))["traceEvents"]
    found = [event for event in events if event["name"] == name]
    return [(event["pid"], event["ts"], event["args"]["per second"]) for event in found]


def test_counters_for_each_second_and_instants_for_what_happened() -> None:
    frames = [
        frame(1, log="", errors=()),
        frame(2, log="one\ntwo\n", errors=(FAULT,)),
        frame(3, log="three\n", log_parts=(LogPart(6, 2.5, 0, "a.vp", "In"),), errors=(FAULT,)),
    ]
    events = json.loads(b"".join(render(moment_of(*frames))))["traceEvents"]
    firings = [(event["ts"], event["args"]["per second"]) for event in events if event["name"] == "firings"]
    assert firings == [(1_000_000, 1768), (2_000_000, 1768), (3_000_000, 1768)]  # the last one ends the counter
    instants = [(event["ts"], event["name"]) for event in events if event["ph"] == "i"]
    assert instants == [
        (2_000_000, "one"), (2_000_000, "two"), (2_000_000, "a.vp:3:1: division by zero"), (2_500_000, "three"),
    ]  # fmt: skip
    assert [event["args"] for event in events if event["name"] == "three"] == [
        {"script": "a.vp", "probe": "In", "vcpu": 0}
    ]


def test_a_counter_is_drawn_over_the_interval_that_it_was_measured_in() -> None:
    frames = [frame(1), frame(2, blocks=12_400_000 + 5), frame(4, blocks=12_400_000 + 5 + 20)]
    assert counters(moment_of(*frames), "blocks") == [(1, 1_000_000, 5), (1, 2_000_000, 10), (1, 4_000_000, 10)]


def test_each_power_on_is_a_process_whose_time_begins_at_zero() -> None:
    moment = moment_of(frame(5), frame(6), frame(1), frame(2))
    events = json.loads(b"".join(render(moment)))["traceEvents"]
    names = {event["pid"]: event["args"]["name"] for event in events if event["ph"] == "M"}
    assert names == {1: "bundled <guest>", 2: "bundled <guest>, power-on 2"}
    assert [(pid, at) for pid, at, _ in counters(moment, "firings")] == [(1, 5_000_000), (2, 1_000_000), (2, 2_000_000)]


def test_no_control_character_of_a_guest_or_a_script_is_in_a_trace() -> None:
    names = [event["name"] for event in json.loads(b"".join(render(moment_of(hostile(1), hostile(2)))))["traceEvents"]]
    assert len(names) > 10
    assert all(name.isprintable() for name in names)


def test_events_are_as_the_trace_event_format_demands() -> None:
    """Of the phases M (metadata), C (counter) and i (instant)."""
    document = json.loads(b"".join(render(moment_of(hostile(5), hostile(6), frame(1), frame(2, errors=(FAULT,))))))
    assert set(document) <= {
        "traceEvents",
        "otherData",
    }  # some versions of Perfetto take displayTimeUnit for the unit of ts
    processes, ends = set(), dict[tuple[int, str], int]()
    for event in document["traceEvents"]:
        name, process = event["name"], event["pid"]
        assert isinstance(name, str)
        if event["ph"] == "M":
            assert (name, set(event)) == ("process_name", {"ph", "name", "pid", "args"})
            assert isinstance(event["args"]["name"], str)
            processes.add(process)
            continue
        assert process in processes, "a process is named before its first event"
        assert isinstance(event["ts"], int)
        if event["ph"] == "C":
            assert event["ts"] > ends.get((process, name), -1), "the values of a counter come in order of time"
            ends[process, name] = event["ts"]
            assert all(isinstance(value, int | float) and value >= 0 for value in event["args"].values())
        else:
            assert (event["ph"], event["s"], type(event["tid"])) == ("i", "g", int)
    assert processes == {1, 2}
    assert len(ends) > 10
