# SPDX-License-Identifier: GPL-2.0-or-later
"""Several files as one script."""

from __future__ import annotations

from engine.vp import compile_script
from engine.vp.codegen.disassemble import disassemble
from engine.vp.diagnostics.files import join, lines_before, split
from engine.vp.diagnostics.source import SourceText

LIBRARY, MAIN = "(defun twice (n)\n  (+ n n))", "; comment\n(vprobe VMM1Hz\n  (logint (twice 2)))\n"


def test_files_are_told_apart_again() -> None:
    text = join([("lib.vp", LIBRARY), ("dir/main file.vp", MAIN)])
    assert [(file.name, file.text) for file in split(SourceText("a.vp", text))] == [
        ("lib.vp", LIBRARY + "\n"),
        ("dir/main file.vp", MAIN),
    ]


def test_lines_of_a_file_are_found_in_the_whole_text() -> None:
    text = join([("lib.vp", LIBRARY), ("main.vp", MAIN)])
    before = lines_before(text)
    assert text.split("\n")[before["main.vp"] + 1] == "(vprobe VMM1Hz"
    assert text.split("\n")[before["lib.vp"]] == "(defun twice (n)"
    assert lines_before(MAIN) == {}


def test_a_script_that_was_not_joined_is_one_file() -> None:
    script = SourceText("a.vp", MAIN)
    assert split(script) == [script]


def test_text_before_the_first_marker_is_that_of_the_script() -> None:
    assert [file.name for file in split(SourceText("a.vp", "(a)\n; @file b.vp\n(b)\n"))] == ["a.vp", "b.vp"]


def test_code_has_places_in_its_own_file() -> None:
    program = compile_script(join([("lib.vp", LIBRARY), ("main.vp", MAIN)]), "main.vp").program
    assert program is not None
    assert {(place.file, place.span.line) for place in program.places} == {("lib.vp", 2), ("main.vp", 3)}
    assert "; lib.vp:2  (+ n n))" in disassemble(program, 8192)


def test_a_definition_in_two_files_is_reported_in_the_second() -> None:
    (found,) = compile_script(join([("lib.vp", LIBRARY), ("main.vp", LIBRARY + MAIN)]), "main.vp").diagnostics
    assert (found.code, found.place) == ("E203", "main.vp:1:8")
