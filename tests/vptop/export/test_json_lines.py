# SPDX-License-Identifier: GPL-2.0-or-later
"""Every Frame of a session."""

from __future__ import annotations

import json

from tests.vptop.export.moments import moment_of
from vptop.export.json_lines import render


def test_a_line_for_each_frame_up_to_the_one_shown() -> None:
    moment = moment_of()
    assert [json.loads(line)["frame"] for line in b"".join(render(moment)).splitlines()] == [1, 2, 3]
    earlier = moment.session.at(1)
    assert earlier is not None
    assert [json.loads(line)["frame"] for line in b"".join(render(earlier)).splitlines()] == [1, 2]
