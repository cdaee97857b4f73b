# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables as text."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from tests.vptop.ui.fakes import PALETTE
from vptop.ui.render.columns import Column, Sort, arrange, column_at, header, highlighted, ordered, row

COLUMNS: list[Column[tuple[str, int, int]]] = [
    Column("name", "NAME", 6, lambda r: r[0], lambda r: r[0], align="<", stretch=True, ascending=True),
    Column("count", "COUNT", 5, lambda r: str(r[1]), lambda r: r[1]),
    Column("max", "MAX", 4, lambda r: str(r[2]), lambda r: r[2], keep=1),
]


ROWS = [("idle", 90, 3), ("reader", 41, 99), ("漢字", 7, 1)]


def table(width, sort):
    layout = arrange(COLUMNS, width)
    lines = [header(layout, sort, width, PALETTE)]
    lines += [row(layout, one, width, PALETTE, cursor=one[0] == "reader") for one in ordered(ROWS, COLUMNS, sort)]
    return [line.text for line in lines]


def test_table():
    assert table(22, Sort("count")) == [
        "  NAME     ▼COUNT  MAX",
        "  idle         90    3",
        "▶ reader       41   99",
        "  漢字          7    1",
    ]


def test_the_sort_mark_is_inside_the_title_where_there_is_room():
    assert table(22, Sort("max", reverse=True))[0] == "  NAME      COUNT ▲MAX"


def test_table_is_sorted_either_way():
    names = [line.split()[0] for line in table(30, Sort("count"))[1:]]
    assert names == ["idle", "▶", "漢字"]
    backwards = [line.split()[0] for line in table(30, Sort("count", reverse=True))[1:]]
    assert backwards == ["漢字", "▶", "idle"]
    assert ordered(ROWS, COLUMNS, Sort("nothing")) == ROWS


def test_every_line_is_exactly_as_wide_as_asked():
    for width in range(10, 60):
        assert {cell_len(line) for line in table(width, Sort("max"))} == {width}


def test_columns_that_matter_least_go_first():
    assert [column.id for column, _ in arrange(COLUMNS, 15)] == ["name", "count"]
    assert [column.id for column, _ in arrange(COLUMNS, 40)] == ["name", "count", "max"]
    found = column_at(arrange(COLUMNS, 15), 11)
    assert found is not None
    assert found.id == "count"
    assert column_at(arrange(COLUMNS, 15), 0) is None


def test_where_nothing_can_go_stretching_columns_give_way():
    wide = [Column("name", "NAME", 12, lambda r: r[0], align="<", stretch=True), COLUMNS[1]]
    widths = [[cells for _, cells in arrange(wide, width)] for width in (20, 17, 14, 10)]
    assert widths == [[12, 5], [9, 5], [6, 5], [6, 5]]


def test_a_name_gets_its_width_before_other_columns_grow():
    name = Column[tuple[str]]("name", "NAME", 6, lambda r: r[0], align="<", stretch=True, most=24, first=16)
    trend = Column[tuple[str]]("trend", "TREND", 4, lambda r: r[0], align="<", stretch=True)
    widths = [[cells for _, cells in arrange([name, trend], width)] for width in (14, 20, 24, 32, 60)]
    assert widths == [[7, 4], [13, 4], [16, 5], [20, 9], [24, 33]]


def test_bars_keep_their_colour_under_the_cursor():
    lit = highlighted(Strip([Segment("name", PALETTE.text), Segment("██", PALETTE.bar)]), PALETTE)
    text, bar = (segment.style for segment in lit)
    assert text is not None
    assert bar is not None
    assert text.color == PALETTE.cursor.color
    assert bar.color == PALETTE.bar.color
    assert text.bgcolor == bar.bgcolor == PALETTE.cursor.bgcolor
