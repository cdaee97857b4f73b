# SPDX-License-Identifier: GPL-2.0-or-later
"""Stacks for speedscope."""

from __future__ import annotations

import json

from engine.probes.frame import AggregateId
from tests.vptop.export.moments import moment_of
from tests.vptop.ui.fakes import aggregate, frame, ones
from vptop.export.speedscope import SCHEMA, render

FILE = {"$schema", "profiles", "shared", "name", "exporter", "activeProfileIndex"}
UNITS = {"bytes", "microseconds", "milliseconds", "nanoseconds", "none", "seconds"}


def test_samples_name_frames_and_weights_add_up() -> None:
    made = json.loads(b"".join(render(moment_of())))
    assert made["$schema"] == SCHEMA
    (profile,) = made["profiles"]
    names = [one["name"] for one in made["shared"]["frames"]]
    stacks = [[names[number] for number in sample] for sample in profile["samples"]]
    assert ["cruncher", "0xffffffff80003030", "0xffffffff80002020", "0xffffffff80001010"] in stacks
    assert profile["weights"] == [120, 75, 90, 15]
    assert (profile["type"], profile["name"], profile["endValue"]) == ("sampled", "stacks", 300)


def test_the_file_is_as_the_published_schema_demands() -> None:
    """FileFormat.File with profiles of the type FileFormat.SampledProfile."""
    stacks = {AggregateId("a.vp", name): aggregate([ones((), ("p", "GUEST_0x10_0x20"), 3)]) for name in ("s", "t")}
    made = json.loads(b"".join(render(moment_of(frame(1, aggregates=stacks)))))
    assert {"$schema", "profiles", "shared"} <= set(made) <= FILE
    assert [type(made[name]) for name in ("name", "exporter", "activeProfileIndex")] == [str, str, int]
    frames = made["shared"]["frames"]
    assert all(set(one) == {"name"} and isinstance(one["name"], str) for one in frames)
    assert [one["name"] for one in made["profiles"]] == ["s", "t"]
    for profile in made["profiles"]:
        assert set(profile) == {"type", "name", "unit", "startValue", "endValue", "samples", "weights"}
        assert profile["unit"] in UNITS
        assert len(profile["samples"]) == len(profile["weights"])
        assert {number for sample in profile["samples"] for number in sample} <= set(range(len(frames)))
        assert profile["startValue"] + sum(profile["weights"]) == profile["endValue"]
