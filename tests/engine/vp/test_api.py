# SPDX-License-Identifier: GPL-2.0-or-later
"""The seam of the VP language: compiling never raises, and editors ask the same object."""

from __future__ import annotations

from engine.vp import VP, Prelude, Severity, compile_script, parse

GOOD = "(defun twice (n) (+ n n))\n(vprobe VMM1Hz (logint (twice 2)))\n"


def test_a_good_script_becomes_a_program_without_diagnostics() -> None:
    compiled = compile_script(GOOD, "good.vp")
    assert compiled.diagnostics == ()
    assert compiled.program is not None
    assert (compiled.program.name, compiled.program.source) == ("good.vp", GOOD)


def test_an_error_is_a_diagnostic_and_leaves_no_program() -> None:
    compiled = compile_script("(vprobe VMM1Hz (logint nothing))", "bad.vp")
    assert compiled.program is None
    assert [found.severity for found in compiled.diagnostics] == [Severity.ERROR]


def test_what_could_be_read_of_a_broken_text_is_parsed() -> None:
    script, diagnostics = parse("(definteger a)\n(defaggr b)\n", "broken.vp")
    assert [type(form).__name__ for form in script.forms] == ["DefInteger"]
    assert [found.code for found in diagnostics] == ["E107"]


def test_the_language_answers_editors() -> None:
    prelude = Prelude("guest.vp", "(defun curpid () 7)")
    assert [token.text for token in VP.tokens("(logint 1)")] == ["(", "logint", "1", ")"]
    assert "curpid" in [one.name for one in VP.candidates("(vprobe VMM1Hz (cur", 1, 20, prelude)]
    assert [one.name for one in VP.names(GOOD, None).own] == ["twice"]
    found = VP.meaning(GOOD, 1, 9, None)
    assert found is not None
    assert found.signature == "(twice n)"


def test_vp_is_its_own_translation() -> None:
    translation = VP.translate(GOOD, "good.vp")
    assert translation is not None
    assert (translation.text, translation.written("twice")) == (GOOD, "twice")
