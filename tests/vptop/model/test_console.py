# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's console as a terminal shows it."""

from __future__ import annotations

from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from vptop.model.console import BURST, COLUMNS, PLAIN, ROWS, SCROLLBACK, Console, Look


def shown(*texts: str) -> list[str]:
    """The lines of a console that got these texts, one after the other."""
    console = Console()
    for text in texts:
        console.add(text)
    return console.lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("10%\r20%\r\nlogin: x\b \b", ["20%", "login:"]),
        ("a\nb", ["a", "b"]),
        ("a\r\n\nb", ["a", "", "b"]),
        ("a\tb", ["a       b"]),
        ("one\x1b[2;10Htwo\x1b[1;1Hsix", ["six", "         two"]),
        ("one\r\ntwo\x1b[H\x1b[K", ["", "two"]),
        ("abc\x1b[2D\x1b[P", ["ac"]),
        ("\x1b)0\x0elqk\x0flqk", ["┌─┐lqk"]),
        ("\x1b(0x\x1b(Bx", ["│x"]),
        ("一二\x1b[1;3Hx", ["一x"]),
        ("e\u0301", ["é"]),
        ("a\u200bb\x00c\x07d\x85e", ["abcde"]),
        ("\x1b]0;title\x07a\x1bPq\x1b\\b", ["ab"]),
        ("\x1b[>4;2ma\x1b[?2004hb\x1b[38:5:1mc\x1b[1 qd", ["abcd"]),
        ("\x1b[99999999999999999999999Ca", [" " * (COLUMNS - 1) + "a"]),
        ("\x1b[1;2;3A\x1b[?3hx", ["x"]),
    ],
)
def test_control_functions_act(text: str, lines: list[str]) -> None:
    assert shown(text) == lines


def test_a_line_goes_on_in_the_next_row() -> None:
    assert shown("x" * 100) == ["x" * COLUMNS, "x" * (100 - COLUMNS)]


def test_a_line_feed_is_a_new_line_until_the_guest_sends_carriage_returns() -> None:
    assert shown("a\nb\n", "c\r\nd\ne") == ["a", "b", "c", "d", " e"]


def test_a_sequence_may_come_in_pieces() -> None:
    console = Console()
    for text in ("\x1b", "[1", ";31mred\x1b[", "m!"):
        console.add(text)
    assert [row.pieces for row in console.rows] == [(("red", Look(color="red", bold=True)), ("!", PLAIN))]


def test_a_string_without_end_hides_nothing_for_long() -> None:
    assert shown("\x1b]0;", "y" * 300, "z")[-1].endswith("yz")


def test_what_scrolls_off_is_kept() -> None:
    lines = [str(number) for number in range(ROWS + 10)]
    assert shown("\r\n".join(lines)) == lines


def test_the_oldest_lines_go() -> None:
    console = Console()
    for start in range(0, 3 * SCROLLBACK, 1000):
        console.add("".join(f"{number}\r\n" for number in range(start, start + 1000)))
    assert len(console.lines) == SCROLLBACK + ROWS
    assert console.lines[-2:] == [str(3 * SCROLLBACK - 1), ""]


def test_of_a_flood_the_end_is_shown() -> None:
    console = Console()
    console.add("begin\r\n" + "x" * BURST + "\r\nend")
    assert console.lines[-1] == "end"
    assert "begin" not in console.lines


def test_a_screen_that_is_erased_is_kept() -> None:
    assert shown("boot\r\n", "\x1b[2J\x1b[Hmenu") == ["boot", "menu"]
    assert shown("boot\r\n", "\x1bcmenu") == ["boot", "menu"]


def test_the_second_screen_leaves_the_first_as_it_was() -> None:
    console = Console()
    console.add("$ vi\r\n\x1b[?1049h\x1b[H~\r\n~\x1b[25;1H:q")
    assert console.lines == ["~", "~", *[""] * (ROWS - 3), ":q"]
    console.add("\x1b[?1049l$ ")
    assert console.lines == ["$ vi", "$"]
    assert console.cursor == (1, 2)


def test_the_cursor_is_where_the_guest_writes_next() -> None:
    console = Console()
    console.add("\r\n".join(map(str, range(ROWS))) + "\x1b[3;7H")
    assert console.cursor == (2, 6)
    console.add("\x1b[25;1H\r\n" + "x" * COLUMNS)
    assert console.cursor == (1 + ROWS - 1, COLUMNS - 1)


def test_a_preview_is_not_shown_twice() -> None:
    console = Console()
    console.preview(0, "$ l")
    console.preview(3, "s")
    assert console.lines == ["$ ls"]
    console.add("$ ls\r\nfile")
    assert console.lines == ["$ ls", "file"]
    console.add("\r\n$ ")
    assert console.lines == ["$ ls", "file", "$"]


def test_a_preview_that_does_not_continue_is_left_for_the_frame() -> None:
    console = Console()
    console.preview(2, "lost")
    console.preview(0, "a")
    console.preview(5, "lost")
    console.add("abcdefgh")
    assert console.lines == ["abcdefgh"]


GUEST_TEXT = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(
            ["\x1b", "\x1b[", "\x1b]", "\r\n", "\n", "\x1bc", "\x1b[?1049h", "\x1b[?1049l", "\x1b[2J", "一"]
        ),
        st.builds(
            "\x1b[{}{}{}".format,
            st.sampled_from(["", "?", ">"]),
            st.from_regex(r"[0-9;]{0,6}", fullmatch=True),
            st.characters(min_codepoint=0x20, max_codepoint=0x7E),
        ),
    ),
    max_size=30,
)


@given(GUEST_TEXT)
def test_whatever_the_guest_sends_rows_are_harmless(texts: list[str]) -> None:
    console = Console()
    for text in texts:
        console.add(text)
    assert all(cell_len(line) <= COLUMNS + 1 for line in console.lines), "a wide character may begin in the last one"
    assert {category(char)[0] for line in console.lines for char in line}.isdisjoint("C"), "no control character"
    row, column = console.cursor
    assert row < len(console.rows)
    assert column < COLUMNS
