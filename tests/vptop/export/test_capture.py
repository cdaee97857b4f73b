# SPDX-License-Identifier: GPL-2.0-or-later
"""A session as a capture."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vptop.export.moments import moment_of
from vptop.export.capture import render
from vptop.model.playback import session_of


def test_a_capture_gives_the_session_again_up_to_the_frame_shown(tmp_path: Path) -> None:
    moment = moment_of()
    earlier = moment.session.at(1)
    assert earlier is not None
    (tmp_path / "a.vpc").write_bytes(b"".join(render(earlier)))
    again = session_of(tmp_path / "a.vpc", pytest.fail)
    assert list(again.sources) == ["vptop.vp", "disk-latency.vp", "stacks.vp"]
    shown = again.moment()
    assert shown is not None
    assert shown.frame == earlier.frame
    assert [frame.frame for frame in shown.history()] == [1, 2]
