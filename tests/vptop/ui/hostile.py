# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames of a guest and scripts that mean no good."""

from __future__ import annotations

from engine.guest.symbols import Symbols
from engine.probes.frame import AggregateId, DeviceCount, Frame, ProbeState, RuntimeFault, ScriptState
from tests.vptop.ui.fakes import aggregate, frame, ones

HOSTILE = "\x1b[2J\x1b]0;owned\x07[bold]x[/bold]\u202e\u200b漢字e\u0301\x9b31m"
"""Escape sequences, markup, bidirectional and zero-width characters, wide and combining ones."""
LONG = HOSTILE + "漢[/][b]\x1b[5m\t\r\n" * 400
"""The same and much more of it."""


def hostile(second: int) -> Frame:
    """A Frame whose every string is hostile."""
    stacks = [ones((), (HOSTILE, "GUEST_0x1000_0x2000"), 3)]
    state = ScriptState("vptop.vp", 1, (ProbeState(HOSTILE, 3, second, 1, 9, HOSTILE),), 9)
    return frame(
        second,
        scripts=(state,),
        aggregates={
            "running": aggregate([ones((32,), (HOSTILE,), 5)]),
            "latency_us": aggregate([ones((64,), (HOSTILE,), 5)]),
            "stacks": aggregate(stacks),
            AggregateId("vptop.vp", HOSTILE): aggregate([ones((), (HOSTILE,), 1)]),
        },
        errors=(RuntimeFault("vptop.vp", HOSTILE, HOSTILE, 1, 1, HOSTILE, 1),),
        log=HOSTILE + "\n",
        console=HOSTILE + "\r\n",
        devices=(DeviceCount(HOSTILE, {HOSTILE: second}),),
        screen=(HOSTILE,) * 25,
    )


SYMBOLS = Symbols([(0x1000, "T", HOSTILE), (0x2000, "T", f"{HOSTILE}2")])
"""What the addresses in these Frames are called."""
