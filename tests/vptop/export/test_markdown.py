# SPDX-License-Identifier: GPL-2.0-or-later
"""Markdown tables."""

from __future__ import annotations

from engine.probes.frame import AggregateId
from tests.vptop.export.moments import moment_of
from tests.vptop.ui.fakes import aggregate, frame, ones
from vptop.export.markdown import render


def test_a_table_for_each_aggregate_without_markup_of_the_guest() -> None:
    rows = {
        AggregateId("vptop.vp", "running"): aggregate([ones((32,), ("a|b *c* <i>",), 7)]),
        AggregateId("vptop.vp", "empty"): aggregate([]),
    }
    assert render(moment_of(frame(2, aggregates=rows))).decode() == (
        "# vptop: bundled \\<guest\\>, 2 s\n\n"
        "## running\n\n"
        "| integer1 | string1 | count | avg | min | max | latest |\n"
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |\n"
        "| 0x20 | a\\|b \\*c\\* \\<i\\> | 7 | 1 | 1 | 1 | 1 |\n"
    )
