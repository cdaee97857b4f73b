# SPDX-License-Identifier: GPL-2.0-or-later
"""A session as a capture, for `vptop replay`."""

from __future__ import annotations

from vptop.export.format import Format
from vptop.export.parts import Parts
from vptop.model.capture import MAGIC, packed
from vptop.model.moment import Moment
from vptop.model.playback import records_of


def render(moment: Moment) -> Parts:
    """The Frames up to the one shown, with scripts and symbols."""
    yield MAGIC
    yield from map(packed, records_of(moment.session, moment.sequence + 1))


FORMAT = Format(".vpc", "Capture", "the session for `vptop replay`", render)
