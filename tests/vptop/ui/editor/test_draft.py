# SPDX-License-Identifier: GPL-2.0-or-later
"""Drafts and how they lie over the running version."""

from __future__ import annotations

from engine.probes.frame import ProbeState, RuntimeFault, ScriptState
from tests.vptop.ui.fakes import frame
from vptop.ui.editor.draft import Draft, failures, rates


def test_changed_lines_and_where_the_running_ones_went() -> None:
    running = Draft("a", "one\ntwo\nthree", "zero\none\nTWO\nthree").over_running()
    assert [running.now(line) for line in range(3)] == [1, None, 3]
    assert [line for line in range(4) if line not in running] == [0, 2]


def test_of_several_errors_in_a_line_the_most_frequent_is_shown() -> None:
    errors = (
        RuntimeFault("a.vp", "VMM1Hz", "a.vp", 3, 1, "division by zero", 7),
        RuntimeFault("a.vp", "VMM1Hz", "a.vp", 3, 9, "not mapped", 2),
        RuntimeFault("b.vp", "VMM1Hz", "b.vp", 1, 1, "not mapped", 1),
    )
    assert failures(frame(errors=errors), "a.vp", {}) == {2: "division by zero (7×)"}


def test_lines_of_files_are_lines_of_the_whole_text() -> None:
    error = RuntimeFault("main.vp", "VMM1Hz", "lib.vp", 1, 1, "division by zero", 1)
    shifts = {"lib.vp": 1, "main.vp": 5}
    assert failures(frame(errors=(error,)), "main.vp", shifts) == {1: "division by zero (1×)"}
    state = ScriptState("main.vp", 1, (ProbeState("VMM1Hz", 2, 4, 0, 30, "main.vp"),))
    assert rates(state, None, 0, shifts) == {6: "30ns"}


def test_a_probe_that_was_not_there_before_has_no_rate() -> None:
    probes = (ProbeState("Guest_IRQ", 1, 5, 0, 0), ProbeState("VMM1Hz", 2, 9, 0, 0))
    before = ScriptState("a.vp", 1, (ProbeState("Guest_IRQ", 1, 3, 0, 0),))
    assert rates(ScriptState("a.vp", 1, probes), before, 2.0, {}) == {0: "1.0/s", 1: ""}
    renamed = ScriptState("a.vp", 1, (ProbeState("Guest_PF", 1, 3, 0, 0),))
    assert rates(ScriptState("a.vp", 1, probes), renamed, 2.0, {}) == {0: "", 1: ""}
