# SPDX-License-Identifier: GPL-2.0-or-later
"""What is drawn over the text."""

from __future__ import annotations

from engine.vm.diagnostics import places_of
from engine.vp import compile_script
from engine.vp.diagnostics.files import join, lines_before
from vptop.ui.editor.marks import by_line, in_whole


def test_diagnostics_of_a_joined_script_stand_at_their_lines_in_the_whole_text() -> None:
    text = join([("lib.vp", "(defun f (n)\n  (+ n m))"), ("main.vp", '\n(vprobe VMM1Hz (printff "x"))')])
    places = in_whole(places_of(compile_script(text, "main.vp").diagnostics), "main.vp", lines_before(text))
    lines = text.split("\n")
    assert [lines[line] for line in by_line(places)] == ["  (+ n m))", '(vprobe VMM1Hz (printff "x"))']
    fix = next(place.fix for place in places if place.fix)
    assert lines[fix.line - 1][fix.column - 1 : fix.end_column - 1] == "printff"


def test_diagnostics_of_other_texts_are_not_of_this_one() -> None:
    places = places_of(compile_script("(vprobe VMM1Hz x)", "other.vp").diagnostics)
    assert places
    assert in_whole(places, "a.vp", {}) == ()
