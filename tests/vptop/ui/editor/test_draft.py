# SPDX-License-Identifier: GPL-2.0-or-later
"""Drafts and how they lie over the running version."""

from __future__ import annotations

from engine.probes.frame import RuntimeFault
from tests.vptop.ui.fakes import frame
from vptop.ui.editor.draft import Draft, failures


def test_changed_lines_and_where_the_running_ones_went() -> None:
    same, changed = Draft("a", "one\ntwo\nthree", "zero\none\nTWO\nthree").lines_of_running()
    assert same == {0: 1, 2: 3}
    assert changed == {0, 2}


def test_of_several_errors_in_a_line_the_most_frequent_is_shown() -> None:
    errors = (
        RuntimeFault("a.vp", "VMM1Hz", "a.vp", 3, 1, "division by zero", 7),
        RuntimeFault("a.vp", "VMM1Hz", "a.vp", 3, 9, "not mapped", 2),
        RuntimeFault("b.vp", "VMM1Hz", "b.vp", 1, 1, "not mapped", 1),
    )
    assert failures(frame(errors=errors), "a.vp") == {2: "division by zero (7×)"}
