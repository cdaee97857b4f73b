# SPDX-License-Identifier: GPL-2.0-or-later
"""Text of aggregates, read back."""

from __future__ import annotations

import pytest

from engine.guest.stacks import ANYWHERE
from vptop.cli.aggregate_text import HEADER, parse_row, replace_stacks


@pytest.mark.parametrize(
    ("line", "name", "keys", "count"),
    [
        ("  irqs[0xa9] == avg 1 count 7 min 1 max 1 latest 1", "irqs", ("0xa9",), 7),
        ("pf[0xffff,0x2] == avg 1 count 1 min 1 max 1 latest 1", "pf", ("0xffff", "0x2"), 1),
        ('  a[0x1,"x, y",""] == avg 0 count 3 min 0 max 0 latest 0', "a", ("0x1", "x, y", ""), 3),
        ("  total[] == avg 2 count 5 min 1 max 3 latest 2", "total", (), 5),
        (r'  a["say \"hi\""] == avg 1 count 2 min 1 max 1 latest 1', "a", (r"say \"hi\"",), 2),
    ],
)
def test_rows(line: str, name: str, keys: tuple[str, ...], count: int) -> None:
    row = parse_row(line)
    assert row is not None
    assert (row.name, row.keys, row.count) == (name, keys, count)


@pytest.mark.parametrize("line", ["", "hello!", "aggr: irqs (1 integer key) (0 string keys)", "a[0x1] == 7"])
def test_other_lines_are_no_rows(line: str) -> None:
    assert parse_row(line) is None


def test_headers() -> None:
    match = HEADER.match("aggr: irqs (1 integer key) (0 string keys)")
    assert match is not None
    assert match["name"] == "irqs"


def test_stacks_are_found_anywhere() -> None:
    line = '  s["GUEST_0x10_0x20_..."] == avg'
    assert ANYWHERE.findall(line) == ["GUEST_0x10_0x20_..."]
    assert replace_stacks(line, lambda _: "X") == '  s["X"] == avg'
