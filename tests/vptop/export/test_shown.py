# SPDX-License-Identifier: GPL-2.0-or-later
"""What a panel shows, as a file."""

from __future__ import annotations

import csv
import json

from vptop.export.shown import SHOWN_FORMATS, Cells, Table

TABLE = Table("Probes", ("PROBE", "HITS"), (("Guest_IRQ", "7"), ("a|b", "10")))
RENDER = {one.suffix: one.render for one in SHOWN_FORMATS}


def test_columns_and_rows_in_each_format() -> None:
    assert RENDER[".txt"](TABLE) == "PROBE      HITS\nGuest_IRQ  7\na|b        10\n"
    assert list(csv.reader(RENDER[".csv"](TABLE).splitlines())) == [
        ["PROBE", "HITS"],
        ["Guest_IRQ", "7"],
        ["a|b", "10"],
    ]
    assert RENDER[".md"](TABLE).splitlines()[-1] == "| a\\|b | 10 |"
    assert json.loads(RENDER[".json"](TABLE))[0] == {"PROBE": "Guest_IRQ", "HITS": "7"}


def test_cells_are_made_when_they_are_read() -> None:
    made: list[int] = []

    def number(row: int) -> str:
        made.append(row)
        return str(row)

    cells = Cells([7, 10], [lambda row: "x" * row, number])
    assert (len(cells), made) == (2, [])
    assert RENDER[".csv"](Table("Numbers", ("A", "B"), cells)).splitlines() == ["A,B", "xxxxxxx,7", "xxxxxxxxxx,10"]
    assert made == [7, 10]


def test_a_panel_of_lines_has_one_column() -> None:
    lines = Table("Log", (), (("one",), ("two",)))
    assert RENDER[".txt"](lines) == "one\ntwo\n"
    assert RENDER[".md"](lines) == "| Log |\n| --- |\n| one |\n| two |\n"
    assert json.loads(RENDER[".json"](lines)) == [{"text": "one"}, {"text": "two"}]


def test_nothing_is_nothing() -> None:
    assert RENDER[".txt"](Table("Log", (), ())) == ""
