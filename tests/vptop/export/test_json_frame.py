# SPDX-License-Identifier: GPL-2.0-or-later
"""JSON."""

from __future__ import annotations

import json

import pytest

from engine.probes.frame import Row
from tests.vptop.export.moments import moment_of
from tests.vptop.ui.fakes import aggregate, frame
from vptop.export import formats


@pytest.fixture
def sample():
    return frame(
        3,
        aggregates={
            "irqs": aggregate([Row((0xA1,), (), 1, 1, 1, 1, 1), Row((0xA9,), (), 7, 1, 1, 1, 1)]),
            "latencies": aggregate([Row((), ("uSec",), 9, 46, 28, 84, 30)]),
            "empty": aggregate([]),
        },
    )


def test_json_has_the_rows_spelled_out(sample, tmp_path):
    formats.write(tmp_path / "a.json", moment_of(sample))
    told = json.loads((tmp_path / "a.json").read_text())
    assert told["frame"] == 3
    assert told["aggregates"]["latencies"]["rows"] == [
        {"integers": [], "strings": ["uSec"], "count": 9, "avg": 46, "min": 28, "max": 84, "latest": 30}
    ]
