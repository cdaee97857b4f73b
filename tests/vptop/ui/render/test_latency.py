# SPDX-License-Identifier: GPL-2.0-or-later
"""Histograms as text."""

from __future__ import annotations

from tests.vptop.ui.fakes import PALETTE
from vptop.model.histogram import Bucket, Histogram
from vptop.ui.render import latency

HISTOGRAM = Histogram((Bucket(64, 128, 12), Bucket(128, 256, 48), Bucket(256, 512, 24)), 70, 500)


def test_chart():
    assert [line.text for line in latency.chart(HISTOGRAM, 24, 7, PALETTE)] == [
        "         ▄▄▄▄▄▄         ",
        "40       ██████         ",
        "         ██████         ",
        "20       ██████ ██████  ",
        "  ██████ ██████ ██████  ",
        " 0───────────────────── ",
        "     64    128   256    ",
    ]


def test_bucket_rows():
    assert [latency.bucket_row(HISTOGRAM, index, 60, PALETTE, "µs").text for index in range(3)] == [
        "      64–128 µs │████▎                  12   14.3%   14.3%  ",
        "     128–256 µs │█████████████████      48   57.1%   71.4%  ",
        "     256–512 µs │████████▌              24   28.6%  100.0%  ",
    ]


def test_percentile_line():
    text = "".join(piece for piece, _ in latency.percentiles(HISTOGRAM, "µs", PALETTE))
    assert text == " p50 208 p90 415 p99 491 µs  n 84"
