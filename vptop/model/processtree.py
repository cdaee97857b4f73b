# SPDX-License-Identifier: GPL-2.0-or-later
"""Processes below their parents. What a guest says of them may be wrong: the tree is finite all the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from vptop.model.irq import Process, summed
from vptop.model.processkeys import ProcessId, Relative

MOST_ABOVE = 1000
"""Processes that are added because they are above others."""

Find = Callable[[Collection[int]], Mapping[int, Relative]]
"""Gives what is known of processes, by their numbers."""
Above = dict[ProcessId, ProcessId | None]
"""The process above each; None: none is."""


def process_tree(found: Sequence[Process], find: Find) -> list[Process]:
    """The outermost processes; each has its children as parts, and their numbers added to its own.

    Parents that are not among the processes have lines without numbers of their own.

    Args:
        found: processes told apart by number, in the order of `ancestry`.
        find: what is known of processes that are not among them.
    """
    lines = {one.process: one for one in found if one.process is not None}
    above, added = ancestry({process: line.parent for process, line in lines.items()}, find)
    base = 0.0 if any(one.base is not None for one in found) else None
    for process, parent in added.items():
        lines[process] = Process(process.name, key=process, process=process, parent=parent, base=base)
    children: dict[ProcessId | None, list[ProcessId]] = {}
    for process, parent_of_it in above.items():
        children.setdefault(parent_of_it, []).append(process)
    made: dict[ProcessId, Process] = {}
    for process, depth in reversed(_outermost_first(children)):
        line = lines[process]
        below = [made[child] for child in children.get(process, ())]
        made[process] = summed(line, below, depth, line if line.members else None)
    return [made[process] for process in children.get(None, ())]


def subtree_counts(
    counts: Mapping[ProcessId, int], parents: Mapping[ProcessId, int], find: Find
) -> dict[ProcessId, int]:
    """The interrupts of each process and all below it.

    Args:
        counts: interrupts of processes, in the order of `ancestry`.
        parents: numbers of their parents.
        find: what is known of processes that are not among them.
    """
    above, _ = ancestry({process: parents.get(process, 0) for process in counts}, find)
    children: dict[ProcessId | None, list[ProcessId]] = {}
    for process, parent in above.items():
        children.setdefault(parent, []).append(process)
    sums = {process: counts.get(process, 0) for process in above}
    for process, _ in reversed(_outermost_first(children)):
        sums[process] += sum(sums[child] for child in children.get(process, ()))
    return sums


def ancestry(parents: Mapping[ProcessId, int], find: Find) -> tuple[Above, dict[ProcessId, int]]:
    """The process above each, and those that were added because others are their children, with their parents' numbers.

    Processes in a cycle of parents are below the one with the lowest number.

    Args:
        parents: numbers of the parents of processes. Of those with one number, children are below the last.
        find: what is known of processes that are not among them.
    """
    holders = {process.pid: process for process in parents}
    added: dict[ProcessId, int] = {}
    newest = {*parents.values()}
    while wanted := sorted(newest - {0, *holders})[: MOST_ABOVE - len(added)]:
        known, newest = find(wanted), set()
        for pid in wanted:
            one = known.get(pid, Relative(ProcessId("", pid), 0))
            holders[pid], added[one.process] = one
            newest.add(one.parent)
    above: Above = {}
    for process, pid in [*parents.items(), *added.items()]:
        above[process] = holders.get(pid) if pid not in (0, process.pid) else None
    _cut_cycles(above)
    return above, added


def _cut_cycles(above: Above) -> None:
    """Make the lowest number of each cycle of parents an outermost one."""
    done: set[ProcessId] = set()
    for start in above:
        way: dict[ProcessId, None] = {}
        at: ProcessId | None = start
        while at is not None and at not in done and at not in way:
            way[at] = None
            at = above[at]
        if at in way:
            cycle = [*way]
            above[min(cycle[cycle.index(at) :], key=lambda one: (one.pid or 0, one.name))] = None
        done.update(way)


def _outermost_first(children: Mapping[ProcessId | None, Sequence[ProcessId]]) -> list[tuple[ProcessId, int]]:
    """The processes with their depths; each comes before its children."""
    order = [(process, 0) for process in children.get(None, ())]
    for process, depth in order:  # it grows
        order += [(child, depth + 1) for child in children.get(process, ())]
    return order


def numbers_of(rows: Iterable[Process]) -> Mapping[int, Relative]:
    """The processes by number; of equal numbers the last."""
    return {
        row.process.pid: Relative(row.process, row.parent)
        for row in rows
        if row.process is not None and row.process.pid is not None
    }
