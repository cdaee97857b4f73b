# SPDX-License-Identifier: GPL-2.0-or-later
"""What is taken out of a panel."""

from __future__ import annotations

from textual.strip import Strip

from vptop.export.shown import Table
from vptop.ui.widgets.contents import WHOLE, Contents


class Numbers(Contents[int]):
    header_height = 1

    @property
    def inner_width(self) -> int:
        return 10

    def draw(self, row: int, index: int, width: int, *, cursor: bool) -> Strip:
        return Strip.blank(0) if row < 0 else Strip.blank(0).join([Strip.blank(0)])

    def draw_header(self, line: int, width: int) -> Strip:
        return Strip([])

    def text_of(self, row: int, width: int) -> str:
        return ("x" * row)[:width]


def panel(*rows: int) -> Numbers:
    made = Numbers("Numbers")
    made.rows = rows
    return made


def test_files_and_the_clipboard_get_whole_rows_and_a_terminal_what_fits() -> None:
    made = panel(3, 100)
    assert made.table() == Table("Numbers", (), (("xxx",), ("x" * 100,)))
    assert [*made.copy_lines()] == ["xxx", "x" * 100]
    assert [*made.printed_lines()] == ["", "xxx", "x" * 40]
    assert WHOLE > 100


def test_a_row_is_copied_and_each_of_its_cells_by_its_title() -> None:
    class Named(Numbers):
        def table(self) -> Table:
            return Table("Numbers", ("NAME", "SIZE"), tuple((f" row{row}", str(row)) for row in self.rows))

    made = Named("Numbers")
    assert made.copies() == []
    made.rows = (3, 4)
    made.cursor = 1
    assert made.copies() == [("row", "row4\t4"), ("NAME", "row4"), ("SIZE", "4")]
    assert [*made.copy_lines()] == ["NAME\tSIZE", "row3\t3", "row4\t4"]
