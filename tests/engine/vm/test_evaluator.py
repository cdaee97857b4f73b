# SPDX-License-Identifier: GPL-2.0-or-later
"""VP expressions on a paused machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import VirtualMachine
from engine.vm.evaluator import SCRIPT, Answer, Evaluator


@pytest.fixture(scope="module")
def machine() -> Iterator[VirtualMachine]:
    with VirtualMachine.bundled() as vm:
        yield vm


@pytest.fixture
def evaluator(machine: VirtualMachine) -> Iterator[Evaluator]:
    yield Evaluator(machine)
    machine.reset()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7), ("(+ 1 2)", 3), ("-1", (1 << 64) - 1), ("(+ 1\n   2)", 3), ("1 2 3", 3), ('"a\\n"', r"a\n"),
        ("(cond (0 1))", 0), ('(cond (1 "yes"))', "yes"), ("PROBENAME", "VMMLoad"), ("VCPUID", 0), ("(do )", 0),
    ],
)  # fmt: skip
def test_values(evaluator: Evaluator, text: str, value: int | str) -> None:
    assert evaluator.evaluate(text) == Answer(value)


def test_registers_and_memory_are_those_of_the_paused_guest(machine: VirtualMachine, evaluator: Evaluator) -> None:
    (vcpu,) = machine.frame().vcpus
    assert evaluator.evaluate("RIP").value == vcpu.rip
    name = evaluator.evaluate("(curprocname)").value
    assert isinstance(name, str)
    assert name


def test_nothing_in_the_guest_changes(machine: VirtualMachine, evaluator: Evaluator) -> None:
    before = machine.frame()
    evaluator.evaluate("(getguest RSP)")
    after = machine.frame()
    assert (after.tsc, after.blocks, after.vcpus) == (before.tsc, before.blocks, before.vcpus)


def test_variables_keep_their_values_and_functions_can_be_defined_anew(evaluator: Evaluator) -> None:
    assert evaluator.evaluate("(definteger x 5)\n(defun f (n) (* n x))").defined == ("x", "f")
    assert evaluator.evaluate("(setint x 7)").value == 7
    assert evaluator.evaluate("(f 3)").value == 21
    evaluator.evaluate("(defun f (n) (+ n x))")
    assert evaluator.evaluate("(f 3)").value == 10
    assert evaluator.evaluate("(definteger x 1)").defined == ("x",)
    assert evaluator.evaluate("x").value == 1


def test_what_is_printed_is_in_the_answer(evaluator: Evaluator) -> None:
    answer = evaluator.evaluate('(logstr "hello\\n")')
    assert answer.log == "hello\n"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("CR33", "E201", "<1>:1:1"), ("(logint\n  nothing)", "E201", "<1>:2:3"), ('(logint "x")', "E301", "<1>:1:9"),
        ("(+ 1 2))", "E102", "<1>:1:8"), ("(f", "E101", "<1>:1:1"), ("(definteger)", "E107", "<1>:1:1"),
        ('(do (logint "x") "y")', "E301", "<1>:1:13"), ('"open', "E103", "<1>:1:1"),
    ],
)  # fmt: skip
def test_an_error_is_placed_in_the_text(evaluator: Evaluator, text: str, code: str, place: str) -> None:
    answer = evaluator.evaluate(text)
    assert answer.is_refused
    assert answer.value is None
    assert [(found.code, found.place) for found in answer.diagnostics] == [(code, place)]
    assert answer.diagnostics[0].source_line == text.split("\n")[answer.diagnostics[0].span.line - 1]


def test_a_run_time_error_has_its_place(evaluator: Evaluator) -> None:
    answer = evaluator.evaluate("(+ 1\n   (/ 1 VCPUID))")
    (error,) = answer.errors
    assert (error.file, error.line, error.column, error.message) == ("<1>", 2, 4, "division by zero")
    assert answer.value is None


def test_probes_stay_in_the_guest(machine: VirtualMachine, evaluator: Evaluator) -> None:
    assert evaluator.evaluate("(vprobe VMM10Hz (aggr ticks () () 1))\n(defaggr ticks 0 0)").defined
    machine.run(0.5)
    (row,) = next(
        data for (script, name), data in machine.latest.aggregates.items() if (script, name) == (SCRIPT, "ticks")
    )
    assert row.count == 5


def test_a_definition_that_is_refused_is_not_kept(evaluator: Evaluator) -> None:
    assert evaluator.evaluate("(definteger COUNT)").is_refused
    assert evaluator.definitions == ""
    assert evaluator.evaluate("1").value == 1
