# SPDX-License-Identifier: GPL-2.0-or-later
"""Random programs: what they become loads, and does what their tree says."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

from engine.emmett import compile_emmett, translate
from engine.vp import Limits, Severity
from engine.vp.diagnostics.source import SourceText
from tests.engine.emmett.properties.evaluation import Machine
from tests.engine.emmett.properties.trees import Program, programs, text_of
from tests.engine.vp.oracle.players import play_in_core
from tests.engine.vp.oracle.scene import Firing, Outcome, Scene

LIMITS = Limits(code_bytes=65536)


@given(programs())
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_programs_do_what_their_tree_says(program: Program) -> None:
    source = text_of(program)
    compiled = compile_emmett(source, "p.emt", limits=LIMITS)
    errors = [one.message for one in compiled.diagnostics if one.severity is Severity.ERROR]
    assert compiled.program is not None, (source, errors)
    translation = translate([SourceText("p.emt", source)])
    assert translation.vp is not None
    machine = Machine(program)
    machine.run()
    outcome = play_in_core(translation.vp.text, Scene(firings=[Firing("VMM1Hz")]))
    assert outcome.errors == [None], translation.vp.text
    assert outcome.log.decode() == "".join(machine.log)
    for name, value in machine.integers.items():
        assert outcome.integers[{"COUNT": "~COUNT"}.get(name, name)] == value, name
    for name, text in machine.strings.items():
        assert outcome.strings[name].decode() == text
    rows = {(key, text.decode()): (count, latest) for (key,), (text,), count, _, _, _, latest in rows_of(outcome)}
    assert rows == {key: (len(values), values[-1]) for key, values in machine.rows.items()}


def rows_of(outcome: Outcome) -> list[tuple[Any, ...]]:
    return outcome.aggregates["seen"]
