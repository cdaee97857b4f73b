# SPDX-License-Identifier: GPL-2.0-or-later
"""A part of a heat map."""

from __future__ import annotations

from tests.vptop.ui.fakes import HEIGHTS, which
from vptop.model.box import Box, parts_in
from vptop.model.buckets import BucketHistory
from vptop.model.moment import Moment

LATENCY = which("latency_us")
COUNTS = dict(HEIGHTS)


def test_counts_of_its_buckets_in_its_frames(moment: Moment) -> None:
    box = Box(256, 1024, 0, 1)
    assert box.frames == 2
    assert box.counts(moment, BucketHistory(), LATENCY) == {256: 2 * COUNTS[256], 512: 2 * COUNTS[512]}
    assert Box(256, 1024, 8, 9).counts(moment, BucketHistory(), LATENCY) == {}, "those Frames are not there"


def test_rows_of_a_span_and_of_a_box(moment: Moment) -> None:
    whole = parts_in(moment, LATENCY, 10, None)
    assert [{row.key[0][0]: row.count for row in one} for one in whole] == [COUNTS] * 3
    box = Box(256, 1024, 0, 1)
    boxed = parts_in(moment, LATENCY, 1, box)
    assert [[one[int(row)].count for row in box.rows(one)] for one in boxed] == [[COUNTS[256], COUNTS[512]]] * 2
    assert parts_in(moment, which("gone"), 1, None) == []
