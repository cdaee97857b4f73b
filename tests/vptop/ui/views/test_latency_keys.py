# SPDX-License-Identifier: GPL-2.0-or-later
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import aggregate, ones, which
from vptop.model.rows import Measured
from vptop.ui.views.latency_keys import groups


def test_rows_are_grouped_by_their_other_keys() -> None:
    keys = [((1, 7), ("a",)), ((2, 7), ("a",)), ((1, 8), ("a",)), ((1, 7), ("b",))]
    data = aggregate([ones(integers, strings, count) for count, (integers, strings) in enumerate(keys, 1)])
    found = groups(Measured(which("x"), data, None, 1.0))
    assert [(label, rows.tolist()) for label, rows in found] == [("7 b", [3]), ("7 a", [0, 1]), ("8 a", [2])]


def test_without_other_keys_there_is_one_group() -> None:
    data = aggregate([ones((1,), (), 1), ones((2,), (), 1)])
    assert [(label, rows.tolist()) for label, rows in groups(Measured(which("x"), data, None, 1.0))] == [
        ("all", [0, 1])
    ]


def test_a_line_for_each_key() -> None:
    async def test(d: Driven) -> None:
        await d.press("4")
        await d.shows("By key")
        line = next(line for line in d.screen().splitlines() if "read" in line and "1376" in line)
        assert line

    drive(test)
