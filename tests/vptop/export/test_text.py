# SPDX-License-Identifier: GPL-2.0-or-later
"""The text of vprobe.out."""

from __future__ import annotations

import pytest

from engine.probes.frame import Row
from tests.vptop.ui.fakes import aggregate, frame
from vptop.export.text import frame_lines

# as printed in the VProbes Programming Reference, aggregate variables and static probes
MANUAL = """aggr: irqs (1 integer key) (0 string keys)
  irqs[0xa1] == avg 1 count 1 min 1 max 1 latest 1
  irqs[0xa9] == avg 1 count 7 min 1 max 1 latest 1
aggr: latencies (0 integer keys) (1 string key)
  latencies["uSec"] == avg 46 count 9 min 28 max 84 latest 30
"""


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


def test_text_is_that_of_the_manual(sample):
    assert [*frame_lines(sample)] == MANUAL.splitlines()


def test_text_with_several_keys_and_hostile_strings():
    shown = frame_lines(frame(1, aggregates={"a": aggregate([Row((1, 255), ("x\x1b[31m", "é"), 1, 2, 2, 2, 2)])}))
    assert [*shown] == [
        "aggr: a (2 integer keys) (2 string keys)",
        '  a[0x1,0xff,"x\\x1b[31m","é"] == avg 2 count 1 min 2 max 2 latest 2',
    ]
