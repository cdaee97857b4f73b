# SPDX-License-Identifier: GPL-2.0-or-later
"""Folded stacks."""

from __future__ import annotations

from engine.probes.frame import AggregateId
from tests.vptop.export.moments import moment_of
from tests.vptop.ui.fakes import aggregate, frame, ones
from vptop.export.folded import render

STACK = "GUEST_0x10_0x20"


def test_functions_from_the_outermost_to_the_innermost_with_their_count() -> None:
    made = frame(1, aggregates={AggregateId("a.vp", "s"): aggregate([ones((), ("a;b", STACK), 7)])})
    assert b"".join(render(moment_of(made))) == b"a:b;0x20;0x10 7\n"


def test_of_several_aggregates_each_has_its_own_root() -> None:
    two = {AggregateId("a.vp", name): aggregate([ones((), (STACK,), 1)]) for name in ("s", "t")}
    assert b"".join(render(moment_of(frame(1, aggregates=two)))) == b"s;0x20;0x10 1\nt;0x20;0x10 1\n"


def test_equal_stacks_are_one_line_with_their_counts_summed() -> None:
    rows = [ones((), ("a;b", STACK), 7), ones((), ("c", STACK), 1), ones((), ("a:b", STACK), 2)]
    made = frame(1, aggregates={AggregateId("a.vp", "s"): aggregate(rows)})
    assert b"".join(render(moment_of(made))) == b"a:b;0x20;0x10 9\nc;0x20;0x10 1\n"
