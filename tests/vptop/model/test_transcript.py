# SPDX-License-Identifier: GPL-2.0-or-later
"""Text that comes in pieces."""

from __future__ import annotations

import msgspec

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
