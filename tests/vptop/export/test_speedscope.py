# SPDX-License-Identifier: GPL-2.0-or-later
"""Stacks for speedscope."""

from __future__ import annotations

import json

from tests.vptop.export.moments import moment_of
from vptop.export.speedscope import SCHEMA, render


def test_samples_name_frames_and_weights_add_up() -> None:
    made = json.loads(b"".join(render(moment_of())))
    assert made["$schema"] == SCHEMA
    (profile,) = made["profiles"]
    names = [one["name"] for one in made["shared"]["frames"]]
    stacks = [[names[number] for number in sample] for sample in profile["samples"]]
    assert ["cruncher", "0xffffffff80003030", "0xffffffff80002020", "0xffffffff80001010"] in stacks
    assert profile["weights"] == [40, 25, 30, 5]
    assert (profile["type"], profile["name"], profile["endValue"]) == ("sampled", "stacks", 100)
