# SPDX-License-Identifier: GPL-2.0-or-later
"""VP text of another language's compiler: everything in the result has the place and the names of the original."""

from __future__ import annotations

from engine.vp import Compilation, Prelude, compile_translation
from engine.vp.diagnostics.diagnostic import Span
from engine.vp.diagnostics.source import SourceText
from engine.vp.translation import Origin, Translation

ORIGINAL = SourceText("count.emt", 'PID[1] hits;\nVMM1Hz { hits[10 / PID] <- 1; printf("%d", PID); }\n')
VP_TEXT = (
    '(definteger ~PID)\n(defaggr hits 1 0)\n(vprobe VMM1Hz\n  (aggr hits ((/ 10 ~PID)) () 1)\n  (printf "%d" ~PID))\n'
)


def compiled(text: str, *marks: tuple[str, int, int, int], prelude: Prelude | None = None) -> Compilation:
    """Compile VP text; each mark is a word of it, and the line and columns of the original it was written for."""
    origins = tuple(
        Origin(text.index(word), ORIGINAL, Span(line, start, line, end)) for word, line, start, end in marks
    )
    return compile_translation(Translation(ORIGINAL, text, origins, {"~PID": "PID"}), prelude=prelude)


def test_definitions_code_and_names_are_those_of_the_original() -> None:
    marks = (
        ("(definteger", 1, 1, 4), ("(defaggr", 1, 8, 12), ("(vprobe", 2, 1, 54), ("(aggr", 2, 10, 30),
        ("(/", 2, 15, 23), (") () 1", 2, 10, 30), ("(printf", 2, 32, 49),
    )  # fmt: skip
    program = compiled(VP_TEXT, *marks).program
    assert program is not None
    assert program.source == ORIGINAL.text
    assert program.translated == VP_TEXT
    assert program.integers == (("PID", 0),)
    assert program.aggregates[0].span == Span(1, 8, 1, 12)
    assert program.probes[0].span == Span(2, 1, 2, 54)
    assert {place.file for place in program.places} == {"count.emt"}
    assert Span(2, 15, 2, 23) in {place.span for place in program.places}


def test_a_diagnostic_is_placed_in_the_original_and_names_what_stands_there() -> None:
    broken = VP_TEXT.replace('"%d" ~PID', '"%s" ~PID')
    (found,) = compiled(broken, ("(vprobe", 2, 1, 54), ("(printf", 2, 32, 49)).diagnostics
    assert (found.code, found.place) == ("E301", "count.emt:2:32")
    assert found.source_line == ORIGINAL.line(2)
    assert found.fix is None
    assert "~PID" not in str(found)


def test_text_before_the_first_origin_belongs_to_the_beginning() -> None:
    (found,) = compiled("(definteger a)\n").diagnostics
    assert (found.code, found.place) == ("E405", "count.emt:1:1")


def test_the_prelude_of_the_guest_keeps_its_places() -> None:
    prelude = Prelude("guest.vp", "(defun curpid () 7)\n")
    program = compiled("(vprobe VMM1Hz (logint (curpid)))\n", ("(vprobe", 2, 1, 54), prelude=prelude).program
    assert program is not None
    assert {place.file for place in program.places} == {"guest.vp", "count.emt"}
    assert program.prelude == {"curpid"}
