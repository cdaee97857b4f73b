# SPDX-License-Identifier: GPL-2.0-or-later
"""The prelude of the guest: only what is needed, never in the way of the script."""

from __future__ import annotations

import pytest

from engine.vp import Prelude, compile_script
from engine.vp.prelude import functions

PRELUDE = Prelude(
    "guest.vp",
    '(definteger base 7)\n(defun curpid () (helper 1))\n(defun helper (n) (+ n base))\n(defun curprocname () "init")\n',
)


def names(source: str) -> set[str]:
    compiled = compile_script(source, "a.vp", prelude=PRELUDE)
    assert compiled.diagnostics == ()
    assert compiled.program is not None
    return {function.name for function in compiled.program.functions} | {name for name, _ in compiled.program.integers}


def test_only_definitions_that_are_reached_are_added() -> None:
    assert names("(vprobe VMM1Hz 1)") == set()
    assert names("(vprobe VMM1Hz (curprocname))") == {"curprocname"}


def test_helpers_get_names_that_cannot_clash() -> None:
    found = names("(defun helper () 2)(definteger base)(vprobe VMM1Hz (logint (curpid)))")
    assert {"curpid", "helper", "base"} <= found
    assert len(found) == 5


def test_a_definition_of_the_script_takes_precedence() -> None:
    compiled = compile_script("(defun curpid () 1)(vprobe VMM1Hz (logint (curpid)))", prelude=PRELUDE)
    assert compiled.program is not None
    assert compiled.program.prelude == frozenset()
    assert {place.file for place in compiled.program.places} == {"<script>"}


@pytest.mark.parametrize(("call", "fix"), [("(curprocnme)", "curprocname"), ("(curprocnme 1)", None)])
def test_a_misspelt_use_gets_the_name_as_a_suggestion(call: str, fix: str | None) -> None:
    (found,) = compile_script(f"(vprobe VMM1Hz {call})", prelude=PRELUDE).diagnostics
    assert found.suggestions == ("curprocname",)
    assert (None if found.fix is None else found.fix.text) == fix


def test_only_functions_are_offered_not_variables() -> None:
    assert functions(PRELUDE) == {"curpid": 0, "helper": 1, "curprocname": 0}


def test_a_misspelt_use_is_not_reached() -> None:
    (found,) = compile_script("(vprobe VMM1Hz (logint (curpit)))", prelude=PRELUDE).diagnostics
    assert found.code == "E202"
