# SPDX-License-Identifier: GPL-2.0-or-later
"""What a panel shows, as a file."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

from vptop.export.shown import SHOWN_FORMATS, Cell, Cells, Table, formats_of

TABLE = Table("Probes", ("PROBE", "HITS"), (("Guest_IRQ", "7"), ("a|b", "10")))


def rendered(suffix: str, table: Table) -> str:
    (render,) = (one.render for one in SHOWN_FORMATS if one.suffix == suffix)
    return b"".join(render(table)).decode()


def test_columns_and_rows_in_each_format() -> None:
    assert rendered(".txt", TABLE) == "PROBE      HITS\nGuest_IRQ  7\na|b        10\n"
    assert list(csv.reader(rendered(".csv", TABLE).splitlines())) == [
        ["PROBE", "HITS"],
        ["Guest_IRQ", "7"],
        ["a|b", "10"],
    ]
    assert rendered(".md", TABLE).splitlines()[-1] == "| a\\|b | 10 |"
    assert json.loads(rendered(".json", TABLE))[0] == {"PROBE": "Guest_IRQ", "HITS": "7"}


def test_people_read_above_the_rows_what_they_are() -> None:
    table = replace(TABLE, heading="Probes <all> · at 3 s")
    assert rendered(".txt", table) == f"Probes <all> · at 3 s\n\n{rendered('.txt', TABLE)}"
    assert rendered(".md", table) == f"## Probes \\<all\\> · at 3 s\n\n{rendered('.md', TABLE)}"
    lines = Table("Log", (), (("one",),), heading="Log")
    assert rendered(".md", lines) == "## Log\n\n```\none\n```\n"
    assert [rendered(suffix, table) == rendered(suffix, TABLE) for suffix in (".csv", ".json")] == [True, True]


def test_cells_are_made_when_they_are_read() -> None:
    made: list[int] = []

    def number(row: int) -> str:
        made.append(row)
        return str(row)

    cells = Cells([7, 10], [lambda row: "x" * row, number])
    assert (len(cells), made) == (2, [])
    assert rendered(".csv", Table("Numbers", ("A", "B"), cells)).splitlines() == ["A,B", "xxxxxxx,7", "xxxxxxxxxx,10"]
    assert made == [7, 10]


def test_wide_characters_take_two_places_in_text() -> None:
    assert rendered(".txt", Table("Names", ("A", "B"), (("漢字", "1"), ("abc", "2")))) == "A     B\n漢字  1\nabc   2\n"


def test_a_panel_of_lines_has_one_column() -> None:
    lines = Table("Log", (), (("one",), ("two",)))
    assert rendered(".txt", lines) == "one\ntwo\n"
    assert rendered(".md", lines) == "```\none\ntwo\n```\n"
    assert json.loads(rendered(".json", lines)) == [{"text": "one"}, {"text": "two"}]


def test_text_has_cells_as_they_are_shown_and_data_what_they_stand_for() -> None:
    row = ("  idle", Cell("14.8k", 14831), Cell("▼23.0", -23.04999), Cell("·", 0.0), Cell("▼ a", "  a"))
    table = Table("Rows", ("NAME", "HITS", "Δ", "ERRORS", "TREE"), (row,))
    assert rendered(".txt", table).splitlines()[1].split() == ["idle", "14.8k", "▼23.0", "·", "▼", "a"]
    assert rendered(".md", table).splitlines()[1:] == [
        "| --- | ---: | ---: | ---: | --- |",
        "| &nbsp;&nbsp;idle | 14.8k | ▼23.0 | · | ▼ a |",
    ]
    assert rendered(".csv", table).splitlines()[1] == "  idle,14831,-23.05,0,  a"
    assert json.loads(rendered(".json", table)) == [
        {"NAME": "  idle", "HITS": 14831, "Δ": -23.05, "ERRORS": 0, "TREE": "  a"}
    ]


def test_a_block_of_text_is_closed_by_a_longer_fence_than_any_in_it() -> None:
    assert rendered(".md", Table("Log", (), (("````",), ("  a  b",)))).splitlines() == [
        "`````",
        "````",
        "  a  b",
        "`````",
    ]


def test_a_panel_of_stacks_has_two_formats_more() -> None:
    stacks = Table("Stacks", ("FUNCTION",), (("a",),), lambda: [(["a", "b"], 3), (["a"], 1)])
    more = {one.suffix: b"".join(one.render(stacks)).decode() for one in formats_of(stacks)[len(formats_of(TABLE)) :]}
    assert more[".folded"] == "a;b 3\na 1\n"
    (profile,) = json.loads(more[".speedscope.json"])["profiles"]
    assert (profile["name"], profile["samples"], profile["weights"]) == ("Stacks", [[0, 1], [0]], [3, 1])


def test_nothing_is_nothing() -> None:
    assert rendered(".txt", Table("Log", (), ())) == ""
