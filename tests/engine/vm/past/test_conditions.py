# SPDX-License-Identifier: GPL-2.0-or-later
"""Conditions as scripts."""

from __future__ import annotations

import pytest

from engine.probes.languages import compile_script
from engine.vm.past import conditions
from engine.vm.past.messages import Moment
from engine.vp import Limits


@pytest.mark.parametrize("at", ["", "VMM10Hz", "VMX1Hz", "Guest_PF"])
def test_a_condition_makes_a_script_that_compiles(at: str) -> None:
    source = conditions.script_of("(== (& TSC 3)\n 3)", at)
    compiled = compile_script(source, conditions.NAME, prelude=None, limits=Limits())
    assert compiled.program is not None
    assert [probe.point.name for probe in compiled.program.probes] == [at or conditions.PERIOD]


def test_an_error_is_placed_in_the_condition() -> None:
    condition = "(&& 1\n  (== RIPP 3))"
    compiled = compile_script(conditions.script_of(condition), conditions.NAME, prelude=None, limits=Limits())
    (found,) = conditions.placed_in_condition(compiled.diagnostics, condition)
    assert (found.span.line, found.span.column, found.source_line) == (2, 7, "  (== RIPP 3))")


@pytest.mark.parametrize(
    ("condition", "place", "message"),
    [
        ("RIP", "", ""),
        ("; which\n(== 1 2)", "", ""),
        ("", "1:1", "found no expression"),
        ("(a) (b)", "1:5", "found '(' after the expression"),
        ("(== 1 2", "1:1", "unclosed form: one `)` missing"),
        ("1)", "1:2", "one `)` too many: no form is open"),
    ],
)
def test_what_is_not_one_expression_is_said_at_its_place(condition: str, place: str, message: str) -> None:
    found = [(f"{one.span.line}:{one.span.column}", one.message) for one in conditions.malformed(condition)]
    assert found == ([(place, message)] if place else [])


def test_a_fault_of_the_probe_point_is_placed_there() -> None:
    compiled = compile_script(conditions.script_of("1", "Guest_IRK"), conditions.NAME, prelude=None, limits=Limits())
    (found,) = conditions.placed_in_condition(compiled.diagnostics, "1", "Guest_IRK")
    assert (found.place, found.source_line, found.span.end_column) == ("at:1:1", "Guest_IRK", 10)


def test_words_are_those_that_may_stand_within_a_probe() -> None:
    names = [one.name for one in conditions.candidates("(== AR", 1, 7)]
    assert names[:2] == ["ARG0", "ARG1"]
    assert "defaggr" not in [one.name for one in conditions.candidates("(", 1, 2)]


def test_printed_moments_are_collected_whatever_the_parts() -> None:
    found = conditions.Found()
    for part in (b"+ 10 ", b"1\n- 20 2\n+", b" 30 3\n"):
        found(part)
    assert found.moments == [Moment(10, 1, 20), Moment(30, 3)]
    assert found.in_words(10) == "it held 2 times, first at 1.000000 s and last at 3.000000 s"


def test_a_state_ends_when_it_holds_on_no_vcpu() -> None:
    """It begins on one, holds on two, on the other alone, and passes to the first again."""
    found = conditions.Found()
    found(b"+ 10 1\n+ 20 2\n- 30 3\n- 40 4\n+ 40 4\n- 50 5\n+ 60 6\n")
    assert found.moments == [Moment(10, 1, 50), Moment(60, 6)]


def test_each_firing_of_an_event_is_a_moment() -> None:
    found = conditions.Found()
    found(b"! 10 1\n! 10 1\n! 20 2\n")
    assert found.moments == [Moment(10, 1), Moment(10, 1), Moment(20, 2)]


def test_what_never_held_is_said() -> None:
    assert conditions.Found().in_words(1) == "it never held"


def test_more_moments_than_an_answer_lists_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditions, "MOST_MOMENTS", 2)
    found = conditions.Found()
    found(b"".join(b"+ %d 0\n- %d 0\n" % (tick, tick + 1) for tick in range(1, 9, 2)))
    assert found.moments == [Moment(1, 0, 2), Moment(3, 0, 4)]
    assert found.more == 2
