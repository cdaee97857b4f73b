# SPDX-License-Identifier: GPL-2.0-or-later
"""Every Frame of a session as a line of JSON (docs/frame.schema.json describes a line)."""

from __future__ import annotations

from engine.probes.frame_json import encode
from vptop.export.format import Format
from vptop.model.session import Moment


def render(moment: Moment) -> bytearray:
    """The Frames up to the one shown, a line each."""
    lines = bytearray()  # joining hundreds of MiB at the end would hold the interpreter's lock for too long
    for frame in moment.history():
        lines += encode(frame) + b"\n"
    return lines


FORMAT = Format(".jsonl", "JSON lines", "every Frame up to this one, a line each", render)
