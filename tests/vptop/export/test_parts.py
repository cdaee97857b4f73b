# SPDX-License-Identifier: GPL-2.0-or-later
"""Files in parts."""

from __future__ import annotations

import csv
import io

import pytest

from vptop.export.parts import PART, csv_rows, lines


def rows_of(*rows: tuple[object, ...]) -> list[list[str]]:
    text = b"".join(csv_rows(rows)).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def test_texts_are_gathered_into_parts() -> None:
    parts = [*lines(["a" * 100] * 10_000)]
    assert b"".join(parts) == (b"a" * 100 + b"\n") * 10_000
    assert {len(part) // PART for part in parts[:-1]} == {1}
    assert [*lines([])] == []


def test_nothing_is_made_before_it_is_asked_for() -> None:
    numbers = iter(range(3))
    parts = lines(f"{number:{PART}}" for number in numbers)
    next(parts)
    assert [*numbers] == [1, 2]


def test_quotes_commas_and_line_ends_are_read_back() -> None:
    row = ('say "hi"', "a,b", "two\nlines", "cr\r\nlf", "", "é 漢", 7)
    assert rows_of(row) == [[str(cell) for cell in row]]


@pytest.mark.parametrize("text", ["=1+2", "+cmd|' /C calc'!A0", "-1+cmd", "@SUM(A1)", "\t=1", "\r=1", "-", "--help"])
def test_a_text_that_a_spreadsheet_would_compute_is_marked_as_text(text: str) -> None:
    assert rows_of((text, "x")) == [[f"'{text}", "x"]]


@pytest.mark.parametrize("cell", ["-12", "+3.5%", "-1,000", "+12 ms", "+7k/s", -3, "a=b", "'=1"])
def test_numbers_with_a_sign_and_other_texts_stay(cell: object) -> None:
    assert rows_of((cell, "x")) == [[str(cell), "x"]]
