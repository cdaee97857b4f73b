# SPDX-License-Identifier: GPL-2.0-or-later
"""Processes below their parents, and what guests may say of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from vptop.model.irq import Process, compared, processes, vector_lines
from vptop.model.processkeys import ProcessId, Relative
from vptop.model.processtree import numbers_of, process_tree
from vptop.model.tally import Tally, exactly

Line = tuple[int, str, int | None, float, float | None]


def counted(*rows: tuple[str, int, int, int]) -> Tally:
    """The tally of a second with these names, numbers, numbers of parents and counts."""
    counts = {ProcessId(name, pid): {32: count} for name, pid, _, count in rows}
    return exactly(counts, 1.0, {ProcessId(name, pid): parent for name, pid, parent, _ in rows})


def nothing(_: Collection[int]) -> Mapping[int, Relative]:
    return {}


def lines(rows: Sequence[Process]) -> list[Line]:
    """Depth, name, number, rate with and without those below, of all lines."""
    found: list[Line] = []
    for row in rows:
        assert row.process is not None
        found.append((row.depth, row.name, row.process.pid, row.rate, row.alone.rate if row.alone else None))
        found += lines(row.parts)
    return found


def test_a_line_has_its_own_and_the_sum_with_those_below():
    found = process_tree(
        processes(counted(("init", 1, 0, 2), ("sh", 80, 1, 3), ("cc1", 93, 80, 5), ("idle", 0, 0, 9))), nothing
    )
    assert lines(found) == [
        (0, "init", 1, 10.0, 2.0),
        (1, "sh", 80, 8.0, 3.0),
        (2, "cc1", 93, 5.0, 5.0),
        (0, "idle", 0, 9.0, 9.0),
    ], "0 is nobody's parent"
    assert (found[0].count, found[0].members) == (10, (("init", 1), ("sh", 80), ("cc1", 93)))
    assert [(one.name, one.rate, one.depth) for one in vector_lines(found[0], str)] == [("32", 2.0, 1)], "its own"


def test_parents_without_interrupts_have_lines_as_far_as_they_are_known():
    known = {80: Relative(ProcessId("sh", 80), 70), 70: Relative(ProcessId("getty", 70), 1)}
    asked = []

    def find(wanted: Collection[int]) -> Mapping[int, Relative]:
        asked.append([*wanted])
        return {pid: known[pid] for pid in wanted if pid in known}

    found = process_tree(processes(counted(("cc1", 93, 80, 5))), find)
    assert lines(found) == [
        (0, "", 1, 5.0, None),
        (1, "getty", 70, 5.0, None),
        (2, "sh", 80, 5.0, None),
        (3, "cc1", 93, 5.0, 5.0),
    ]
    assert asked == [[80], [70], [1]]
    assert found[0].is_above
    assert not found[0].parts[0].parts[0].parts[0].is_above
    assert vector_lines(found[0], str) == ()


def test_children_are_below_the_last_process_with_a_number():
    found = process_tree(processes(counted(("sh", 5, 0, 1), ("make", 5, 0, 2), ("cc1", 6, 5, 4))), nothing)
    assert lines(found) == [(0, "sh", 5, 1.0, 1.0), (0, "make", 5, 6.0, 2.0), (1, "cc1", 6, 4.0, 4.0)]


def test_cycles_of_parents_and_long_chains_end():
    rows = ("self", 3, 3, 1), ("a", 10, 12, 1), ("b", 11, 10, 1), ("c", 12, 11, 1), ("below", 13, 12, 1)
    found = process_tree(processes(counted(*rows)), nothing)
    assert [(depth, name) for depth, name, *_ in lines(found)] == [
        (0, "self"), (0, "a"), (1, "b"), (2, "c"), (3, "below"),
    ]  # fmt: skip
    chain = process_tree(processes(counted(*((f"p{at}", at, at - 1, 1) for at in range(1000, 0, -1)))), nothing)
    assert [(one.name, one.count) for one in chain] == [("p1", 1000)]
    endless = process_tree(
        processes(counted(("a", 5000, 4999, 1))),
        lambda wanted: {pid: Relative(ProcessId("x", pid), pid - 1) for pid in wanted},
    )
    assert endless[0].count == 1


def test_differences_are_those_of_the_sums():
    now, then = counted(("sh", 80, 1, 3), ("cc1", 93, 80, 5)), counted(("sh", 80, 1, 1), ("ld", 94, 80, 4))
    (init,) = process_tree(compared(processes(now), then), nothing)
    (shell,) = init.parts
    assert (init.base, shell.base, shell.change, shell.alone and shell.alone.change) == (5.0, 5.0, 3.0, 2.0)
    assert {one.name: one.change for one in shell.parts} == {"cc1": 5.0, "ld": -4.0}, "one is gone"


def test_of_equal_numbers_the_last_is_known():
    assert numbers_of(processes(counted(("sh", 5, 1, 1), ("make", 5, 2, 2)))) == {5: Relative(ProcessId("make", 5), 2)}
