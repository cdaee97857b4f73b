# SPDX-License-Identifier: GPL-2.0-or-later
"""Moments to export."""

from __future__ import annotations

from engine.probes.frame import Frame
from tests.vptop.ui.fakes import SCRIPTS, frame
from vptop.model.moment import Moment
from vptop.model.session import Session


def moment_of(*frames: Frame) -> Moment:
    """The last of these Frames in a session with the usual scripts; three Frames when none is given."""
    session = Session()
    session.guest = "bundled <guest>"
    for name, source in SCRIPTS.items():
        session.set_source(name, source)
    for one in frames or (frame(1), frame(2), frame(3)):
        session.add(one)
    moment = session.moment()
    assert moment is not None
    return moment
