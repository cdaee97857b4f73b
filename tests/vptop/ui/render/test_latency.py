# SPDX-License-Identifier: GPL-2.0-or-later
"""Histograms as text."""

from __future__ import annotations

from tests.vptop.ui.fakes import PALETTE
from vptop.model.histogram import Bucket, Histogram, of_counts
from vptop.ui.render import latency

HISTOGRAM = Histogram((Bucket(64, 128, 12), Bucket(128, 256, 48), Bucket(256, 512, 24)), 70, 500)


def test_chart():
    drawn = latency.chart(HISTOGRAM, 24, 8, PALETTE)
    assert [drawn.at(x) for x in (2, 3, 23)] == [None, HISTOGRAM.buckets[0], HISTOGRAM.buckets[2]]
    assert [line.text for line in drawn.lines] == [
        "  │       ██████        ",
        "40┤       ██████        ",
        "  │       ██████        ",
        "20┤       ██████ ██████ ",
        "  │▄▄▄▄▄▄ ██████ ██████ ",
        " 0┤██████ ██████ ██████ ",
        "  └┬──────┬──────┬──────",
        "   64     128    256    ",
    ]


def test_a_linear_chart_has_buckets_of_one_width():
    found = latency.even(HISTOGRAM, 6)
    assert [(one.low, one.count) for one in found] == [(0, 7), (100, 32), (200, 25), (300, 9), (400, 9), (500, 1)]


def test_buckets_share_a_bar_where_there_are_too_many():
    assert latency.merged(HISTOGRAM.buckets, 2) == [Bucket(64, 256, 60), Bucket(256, 512, 24)]
    assert latency.merged(HISTOGRAM.buckets, 1) == [Bucket(64, 512, 84)]
    assert latency.merged((), 3) == []


def test_buckets_that_share_a_bar_begin_at_powers_of_two_and_equal_parts_between():
    found = of_counts({896: 3, 4096: 1}, 8).buckets
    assert [one.low for one in latency.merged(found, 12)] == [896, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096]
    assert [one.low for one in latency.merged(found, 4)] == [896, 1024, 2048, 4096]


SPAN = [{64: 1}, None, {128: 4, 256: 16}]


def test_heat():
    drawn = latency.heat_chart(HISTOGRAM, SPAN, 9, 5, PALETTE)
    assert [line.text for line in drawn.lines][:3] == [
        "256│  · █",
        "128│  · ▓",
        " 64│  ▒ ·",
    ]
    assert drawn.at(8, 0) == latency.Cell(0, Bucket(256, 512, 16))
    assert drawn.at(6, 2) == latency.Cell(2, Bucket(64, 128, 1))
    assert drawn.at(5, 0) is drawn.at(8, 3) is None


def test_few_seconds_are_wide():
    drawn = latency.heat_chart(HISTOGRAM, [None, *SPAN], 14, 5, PALETTE)
    assert [line.text for line in drawn.lines][:4] == [
        "256│  ·    ███",
        "128│  ·    ▓▓▓",
        " 64│ ▒▒▒    · ",
        "           now",
    ]
    cells = [drawn.at(x, 2) for x in range(4, 14)]
    assert [cell.back if cell else None for cell in cells] == [None, 2, 2, 2, 1, 1, 1, 0, 0, 0]
    assert (drawn.left, drawn.of_second(12), drawn.of_second(8)) == (5, (11, 13), (8, 10))


def test_the_labels_of_wide_seconds_are_closer():
    drawn = latency.heat_chart(HISTOGRAM, [{64: 1}] * 12, 64, 5, PALETTE)
    assert drawn.each == 5
    assert drawn.lines[3].text.split() == ["-10s", "-5s", "now"]
    assert drawn.lines[3].text.index("-5s") + len("-5s") == 64 - 5 * 5


def test_a_high_heat_map_has_no_empty_lines():
    drawn = latency.heat_chart(HISTOGRAM, [{64: 1}, {256: 16}], 12, 9, PALETTE)
    assert [line.text[:4] for line in drawn.lines[:7]] == ["   │", "256│", "   │", "128│", "   │", "   │", " 64│"]
    assert all(line.text[-8:].strip() for line in drawn.lines[:7])


def test_changes_since_the_baseline():
    before = Histogram((Bucket(64, 128, 42), Bucket(128, 256, 42)), 70, 250)
    text = "".join(piece for piece, _ in latency.percentiles(HISTOGRAM, "µs", PALETTE, 90, before))
    assert text.startswith(" p50 208 +62% p90 415 +84%")
    rows = latency.bucket_rows(HISTOGRAM, 60, PALETTE, "µs", before)
    assert [row.text.split()[-1] for row in rows] == ["-35.7", "+7.1", "+28.6"]


def test_percentiles_over_time():
    span = [HISTOGRAM, None, HISTOGRAM]
    drawn = latency.percentile_chart(span, 40, 8, PALETTE, linear=True)
    assert drawn[0].text.startswith("499┤")
    assert drawn[-1].text.split() == ["─○─", "p50", "─×─", "p90", "─●─", "p99", "─■─", "p99.9"]
    assert sorted(line.text.split()[-1] for line in drawn[:4]) == ["p50", "p90", "p99", "p99.9"], "at the right end"
    assert latency.percentile_chart([None, Histogram()], 30, 8, PALETTE, linear=True) == []


def test_bucket_rows():
    found = Histogram((*HISTOGRAM.buckets[:2], Bucket(256, 512, 0), Bucket(512, 1024, 24)), 70, 500)
    assert [line.text for line in latency.bucket_rows(found, 60, PALETTE, "µs")] == [
        "      64–128 µs │████▌                   12   14.3%   14.3% ",
        "     128–256 µs │██████████████████      48   57.1%   71.4% ",
        "             …                                              ",
        "   512–1.02k µs │█████████               24   28.6%  100.0% ",
    ]
    narrow = latency.bucket_rows(found, 36, PALETTE, "µs")
    assert narrow[-1].text == "   512–1.02k │     24  28.6% 100.0% "
    assert latency.bucket_header(36, PALETTE).text.rstrip() == "       RANGE    COUNT      %   CUM%"


def test_percentile_line():
    text = "".join(piece for piece, _ in latency.percentiles(HISTOGRAM, "µs", PALETTE, 60))
    assert text == " p50 208 p90 415 p99 491 p99.9 499 max 500 µs  n 84"


def test_percentiles_that_do_not_fit_are_left_out():
    text = "".join(piece for piece, _ in latency.percentiles(HISTOGRAM, "µs", PALETTE, 36))
    assert text == " p50 208 p99 491 max 500 µs  n 84"
