# SPDX-License-Identifier: GPL-2.0-or-later
"""Text that comes in pieces."""

from __future__ import annotations

from vptop.model.transcript import Console, Transcript


def test_lines_are_completed_by_what_comes_next():
    log = Transcript()
    log.add("one\ntw", 0, 1.0)
    log.add("o\nthree\n", 1, 2.0)
    assert [(line.text, line.sequence) for line in log.until(1)] == [("one", 0), ("two", 0), ("three", 1)]
    assert [line.text for line in log.until(0)] == ["one", "two"]


def test_old_lines_go():
    log = Transcript(most=2)
    log.add("a\nb\nc\n", 0, 1.0)
    assert [line.text for line in log.until(9)] == ["b", "c"]


def test_a_console_obeys_carriage_return_and_backspace():
    console = Console()
    console.add("10%\r20%\r\nlogim\bn: ")
    assert console.lines == ["20%", "login: "]


def test_a_console_drops_colours_also_when_they_come_in_pieces():
    console = Console()
    console.add("\x1b[1;3")
    console.add("1mred\x1b[0m\x07!\n")
    assert console.lines == ["red!", ""]


def test_a_console_line_without_end_is_broken():
    console = Console()
    console.add("x" * 1000)
    assert max(map(len, console.lines)) <= 400
    assert sum(map(len, console.lines)) == 1000


def test_lines_of_an_earlier_frame_are_put_behind_those_it_has():
    transcript = Transcript(most=4)
    for sequence, text in enumerate(("a\n", "b\n", "c\n")):
        transcript.add(text, sequence, sequence + 1.0)
    transcript.insert("b2\nb3\n", 1, 2.0)
    assert [line.text for line in transcript.until(9)] == ["b", "b2", "b3", "c"]
    assert [line.text for line in transcript.until(1)] == ["b", "b2", "b3"]
    transcript.insert("", 1, 2.0)
    transcript.add("d\n", 3, 4.0)
    assert len({line.number for line in transcript.until(9)}) == 4
