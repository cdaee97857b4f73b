# SPDX-License-Identifier: GPL-2.0-or-later
"""CSV."""

from __future__ import annotations

import csv
import io

import pytest

from engine.probes.frame import Row
from tests.vptop.export.moments import moment_of
from tests.vptop.ui.fakes import aggregate, frame
from vptop.export.table import render


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


def test_csv_tells_aggregates_apart(sample):
    rows = list(csv.DictReader(io.StringIO(b"".join(render(moment_of(sample))).decode())))
    assert [(row["aggregate"], row["integer1"], row["string1"], row["count"]) for row in rows] == [
        ("irqs", "161", "", "1"),
        ("irqs", "169", "", "7"),
        ("latencies", "", "uSec", "9"),
    ]
    assert {row["frame"] for row in rows} == {"3"}
