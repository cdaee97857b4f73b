# SPDX-License-Identifier: GPL-2.0-or-later
"""The finished program, and what does not fit in one."""

from __future__ import annotations

from engine.vp import Limits, compile_script
from tests.engine.vp.compiling import diagnostic_of, program_of


def test_functions_and_probes_have_their_entries_and_stacks() -> None:
    program = program_of("(defun f (a b) (+ a b))\n(vprobe VMM1Hz (logint (f 1 2)))\n(vprobe VMX1Hz 1)\n")
    (function,) = program.functions
    assert (function.name, function.entry, function.parameters, function.locals) == ("f", 0, 2, 2)
    assert [probe.point.name for probe in program.probes] == ["VMM1Hz", "VMX1Hz"]
    assert 0 < program.probes[0].entry < program.probes[1].entry < len(program.code)
    assert program.probes[0].slots == 2


def test_code_that_exceeds_the_limit_is_refused() -> None:
    source = "(vprobe VMM1Hz (logint RAX))\n"
    size = len(program_of(source).code)
    assert compile_script(source, limits=Limits(code_bytes=size)).program is not None
    found = diagnostic_of(source, Limits(code_bytes=size - 1))
    assert (found.code, found.message) == ("E402", f"the script compiles to {size} bytes of code")


def test_a_body_that_needs_too_many_temporary_strings_is_refused() -> None:
    calls = '(f "a")' * 8
    found = diagnostic_of(f'(defun f (s) (setstr s ""))\n(vprobe VMM1Hz {calls})\n')
    assert (found.code, found.span.line) == ("E407", 2)


def test_names_of_the_prelude_are_told_from_those_of_the_script() -> None:
    assert program_of("(vprobe VMM1Hz 1)").prelude == frozenset()
