# SPDX-License-Identifier: GPL-2.0-or-later
"""Conditions as scripts."""

from __future__ import annotations

import pytest

from engine.probes.languages import compile_script
from engine.vm.past import conditions
from engine.vm.past.messages import Moment
from engine.vp import Limits


@pytest.mark.parametrize("at", ["", "VMM10Hz", "Guest_PF"])
def test_a_condition_makes_a_script_that_compiles(at: str) -> None:
    source = conditions.script_of("(== (& CS 3)\n 3)", at)
    compiled = compile_script(source, conditions.NAME, prelude=None, limits=Limits())
    assert compiled.program is not None
    assert [probe.point.name for probe in compiled.program.probes] == [at or conditions.PERIOD]


def test_an_error_is_placed_in_the_condition() -> None:
    condition = "(&& 1\n  (== RIPP 3))"
    compiled = compile_script(conditions.script_of(condition), conditions.NAME, prelude=None, limits=Limits())
    (found,) = conditions.placed_in_condition(compiled.diagnostics, condition)
    assert (found.span.line, found.span.column, found.source_line) == (2, 7, "  (== RIPP 3))")


def test_printed_moments_are_collected_whatever_the_parts() -> None:
    found = conditions.Found()
    for part in (b"+ 10 ", b"1\n- 20 2\n+", b" 30 3\n"):
        found(part)
    assert found.moments == [Moment(10, 1, 20), Moment(30, 3)]
    assert found.in_words(10) == "it held 2 times, first at 1.000000 s and last at 3.000000 s"


def test_what_never_held_is_said() -> None:
    assert conditions.Found().in_words(1) == "it never held"


def test_more_moments_than_an_answer_lists_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditions, "MOST_MOMENTS", 2)
    found = conditions.Found()
    found(b"".join(b"+ %d 0\n- %d 0\n" % (tick, tick + 1) for tick in range(1, 9, 2)))
    assert found.moments == [Moment(1, 0, 2), Moment(3, 0, 4)]
    assert found.more == 2
