# SPDX-License-Identifier: GPL-2.0-or-later
"""A Frame as one line of JSON."""

from __future__ import annotations

from engine.probes.frame_json import parts
from vptop.export.changes import baseline_of
from vptop.export.format import Format
from vptop.export.parts import Parts
from vptop.model.moment import Moment


def render(moment: Moment) -> Parts:
    """The Frame shown; where differences from a baseline are shown, with what that had counted."""
    baseline = baseline_of(moment)
    yield from parts(moment.frame, baseline.moment.frame if baseline else None)
    yield b"\n"


FORMAT = Format(".json", "JSON", "the whole Frame, as `vptop run --json` prints it", render)
