# SPDX-License-Identifier: GPL-2.0-or-later
"""The Frame as JSON: the documented contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from engine.probes import frame_json
from engine.probes.frame import AggregateId, Frame
from tests.engine.probes.test_frame import packed

RUNNING = packed([(32, b"swapper", (120, 120, 1, 1, 1, 0))])


def told(aggregates: dict[AggregateId, object]) -> dict[str, Any]:
    frame = Frame(3, 3.0, 0.41, 61234567, 812, 3 * 10**9, 10**9, (), aggregates, (), "text")  # type: ignore[arg-type]
    decoded: dict[str, Any] = json.loads(frame_json.encode(frame))
    return decoded


def test_fields_are_those_of_the_contract() -> None:
    frame = told({AggregateId("vptop.vp", "running"): RUNNING})
    assert (frame["frame"], frame["guest_seconds"], frame["blocks"], frame["log"]) == (3, 3.0, 61234567, "text")
    running = frame["aggregates"]["running"]
    assert (running["integer_keys"], running["string_keys"], running["script"]) == (1, 1, "vptop.vp")
    assert running["rows"] == [
        {"integers": [32], "strings": ["swapper"], "count": 120, "avg": 1, "min": 1, "max": 1, "latest": 1}
    ]


def test_equal_names_of_two_scripts_are_both_there() -> None:
    found = told({AggregateId("a.vp", "x"): RUNNING, AggregateId("b.vp", "x"): packed([])})["aggregates"]
    assert {key: (one["script"], one["name"], len(one["rows"])) for key, one in found.items()} == {
        "x": ("a.vp", "x", 1),
        "x (b.vp)": ("b.vp", "x", 0),
    }


def test_a_frame_is_one_line() -> None:
    frame = Frame(1, 1.0, 1.0, 1, 1, 1, 1, (), {}, (), "two\nlines")
    assert b"\n" not in frame_json.encode(frame)


def test_the_published_schema_describes_what_is_written() -> None:
    published = Path(__file__).parents[3] / "docs" / "frame.schema.json"
    assert published.read_bytes() == frame_json.schema(), "run `make docs`"
    frame = Frame(3, 3.0, 0.41, 1, 2, 3, 4, (), {AggregateId("a.vp", "x"): RUNNING}, (), "text")
    strict = msgspec.json.decode(frame_json.encode(frame), type=frame_json.frame_type(), strict=True)
    assert json.loads(msgspec.json.encode(strict)) == json.loads(frame_json.encode(frame))
    compared = frame_json.encode(frame, frame)
    strict = msgspec.json.decode(compared, type=frame_json.frame_type(), strict=True)
    assert json.loads(msgspec.json.encode(strict)) == json.loads(compared)
    assert json.loads(compared)["baseline"]["aggregates"] == json.loads(compared)["aggregates"]


def test_a_line_gives_the_frame_again() -> None:
    data = packed([(32, b"swapper", (120, 360, 1, 9, 4, 0)), (33, b"x", (2, 7, 3, 4, 4, 0))])
    frame = Frame(3, 3.0, 0.41, 1, 2, 3, 4, (), {AggregateId("a.vp", "x"): data}, (), "text")
    again = frame_json.decode(frame_json.encode(frame))
    assert list(again.aggregates[AggregateId("a.vp", "x")]) == list(data)
    assert frame_json.encode(again) == frame_json.encode(frame)
