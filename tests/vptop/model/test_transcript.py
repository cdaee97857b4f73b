# SPDX-License-Identifier: GPL-2.0-or-later
"""Text that comes in pieces."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from engine.probes.frame import ProbeState, ScriptState
from engine.probes.printed import LogPart
from tests.vptop.ui.fakes import frame
from vptop.model.transcript import NOBODY, Printer, Span, Transcript, spans


def at(seconds, size=1000, by=NOBODY):
    return [Span(size, seconds, by)]


def test_lines_are_completed_by_what_comes_next():
    log = Transcript()
    log.add("one\ntw", 0, at(1.0))
    log.add("o\nthree\n", 1, at(2.0))
    assert [(line.text, line.sequence) for line in log.until(1)] == [("one", 0), ("two", 0), ("three", 1)]
    assert [line.text for line in log.until(0)] == ["one", "two"]


def test_old_lines_go():
    log = Transcript(most=2)
    log.add("a\nb\nc\n", 0, at(1.0))
    assert [line.text for line in log.until(9)] == ["b", "c"]


def test_lines_of_an_earlier_frame_are_put_behind_those_it_has():
    transcript = Transcript(most=4)
    for sequence, text in enumerate(("a\n", "b\n", "c\n")):
        transcript.add(text, sequence, at(sequence + 1.0))
    transcript.replace("b2\nb3\n", 1, at(2.0), ())
    assert [line.text for line in transcript.until(9)] == ["b", "b2", "b3", "c"]
    assert [line.text for line in transcript.until(1)] == ["b", "b2", "b3"]
    transcript.replace("", 1, at(2.0), ())
    transcript.add("d\n", 3, at(4.0))
    assert len({line.number for line in transcript.until(9)}) == 4


def test_lines_of_a_script_are_replaced():
    one, two = Printer("a.vp", "In", 0, 3), Printer("b.vp", "Out", 1, 7)
    log = Transcript()
    log.add("part\nkept\nopen", 0, [Span(5, 1.0, one), Span(5, 1.0, two), Span(4, 1.0, one)])
    log.replace("whole\nopen", 0, [Span(10, 1.0, one)], {"a.vp"})
    assert [line.text for line in log.until(0)] == ["kept", "whole", "open"]
    log.add("ed\n", 1, at(2.0))
    assert [(line.text, line.sequence) for line in log.until(1)][-1] == ("opened", 0)
    log.replace("", 0, [], {"b.vp", "a.vp"})
    log.add("new\n", 2, at(3.0))
    assert [line.text for line in log.until(2)] == ["new"]


def test_a_line_is_of_the_probe_that_printed_its_beginning():
    one, two = Printer("a.vp", "In", 0, 3), Printer("b.vp", "Out", 1, 7)
    log = Transcript()
    log.add("on", 0, at(1.0, 2, one))
    log.add("e\r\ntwo\nthree\n", 1, [Span(3, 1.5, one), Span(4, 1.75, two), Span(6, 2.0, one)])
    found = [(line.text, line.guest_seconds, line.by) for line in log.until(1)]
    assert found == [("one", 1.0, one), ("two", 1.75, two), ("three", 2.0, one)]


def test_the_probe_that_printed_is_found_in_the_frame():
    script = ScriptState("a.vp", 1, (ProbeState("In", 3, 1, 0, 0), ProbeState("In", 9, 1, 0, 0, file="b.vp")))
    parts = (LogPart(2, 0.5, 0, "a.vp", "In", 1), LogPart(2, 0.75, -1, "gone.vp", "Out", 0))
    found = spans(msgspec.structs.replace(frame(1), scripts=(script,), log="a\nb\nrest\n", log_parts=parts))
    assert found == [
        Span(2, 0.5, Printer("a.vp", "In", 0, 9, "b.vp")),
        Span(2, 0.75, Printer("gone.vp", "Out")),
        Span(5, 1.0, NOBODY),
    ]


ROWS = "aggr: a (0 integer keys) (0 string keys)\n  a[] == avg 1 count 1 min 1 max 1 latest 1\n"


def test_what_logaggr_printed_is_kept_apart():
    by = Printer("a.vp", "In", 0, 3)
    log = Transcript(most=3)
    parts = [Span(4, 1.0, by), Span(len(ROWS), 1.0, by, is_aggregate=True), Span(4, 1.0, by)]
    log.add(f"one\n{ROWS}two\n", 0, parts)
    assert [(line.number, line.text) for line in log.until(0)] == [(0, "one"), (3, "two")]
    assert [line.number for line in log.until(0, aggregates=True)] == [0, 1, 2, 3]
    assert log.hidden(0) == 2
    log.add(ROWS * 9, 1, [Span(len(ROWS) * 9, 2.0, by, is_aggregate=True)])
    assert [line.text for line in log.until(1)] == ["one", "two"], "rows take no room from what is printed"
    assert len(log.until(1, aggregates=True)) <= 6
    log.add("three\nfour\nfive\n", 2, [Span(1000, 3.0, by)])
    assert [line.text for line in log.until(2)] == ["three", "four", "five"]


def test_a_line_that_logaggr_completes_was_begun_by_another():
    by = Printer("a.vp", "In", 0, 3)
    log = Transcript()
    log.add(f"rows: {ROWS}", 0, [Span(6, 1.0, by), Span(len(ROWS), 1.0, by, is_aggregate=True)])
    assert [line.text for line in log.until(0)] == ["rows: " + ROWS.split("\n", maxsplit=1)[0]]
    log.replace("asked\n", 0, [Span(6, 1.0, Printer("b.vp", "In"))], {"b.vp"})
    assert [line.is_aggregate for line in log.until(0, aggregates=True)] == [False, True, False]


@given(st.lists(st.tuples(st.text("ab\n", max_size=12), st.booleans()), max_size=8), st.integers(1, 4))
def test_lines_do_not_depend_on_the_pieces_they_came_in(pieces, step):
    whole, parted = Transcript(), Transcript()
    text = "".join(piece for piece, _ in pieces)
    parts = [Span(len(piece), 1.0, NOBODY, is_aggregate) for piece, is_aggregate in pieces]
    whole.add(text, 0, parts)
    owner = [part.is_aggregate for part in parts for _ in range(part.size)]
    for at in range(0, len(text), step):
        here = owner[at : at + step]
        parted.add(text[at : at + step], 0, [Span(1, 1.0, NOBODY, is_aggregate) for is_aggregate in here])
    found = [[(line.text, line.is_aggregate) for line in log.until(0, aggregates=True)] for log in (whole, parted)]
    assert found[0] == found[1]
    assert [line for line, _ in found[0]] == (text.removesuffix("\n").split("\n") if text else [])
