# SPDX-License-Identifier: GPL-2.0-or-later
"""Every Frame of a session as a line of JSON (docs/frame.schema.json describes a line)."""

from __future__ import annotations

from engine.probes.frame_json import parts
from vptop.export.format import Format
from vptop.export.parts import Parts
from vptop.model.moment import Moment


def render(moment: Moment) -> Parts:
    """The Frames up to the one shown, a line each."""
    for frame in moment.history():
        yield from parts(frame)
        yield b"\n"


FORMAT = Format(".jsonl", "JSON lines", "every Frame up to this one, a line each", render)
