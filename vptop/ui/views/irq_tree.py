# SPDX-License-Identifier: GPL-2.0-or-later
"""The lines of interrupts per process: all, or those of a tree that are open."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from functools import partial

from vptop.model import keytext
from vptop.model.filterexpr import Filter
from vptop.model.irq import Process, families, vector_lines
from vptop.model.known import KnownProcesses
from vptop.model.moment import Moment
from vptop.model.processkeys import Relative
from vptop.model.processtree import numbers_of, process_tree
from vptop.model.treetrends import TreeTrends
from vptop.ui.render import columns
from vptop.ui.render.columns import Column
from vptop.ui.views.irq_rows import Counted, IrqRows

FORMS = ("flat", "tree", "matrix")


class IrqTree(IrqRows):
    """Lines that open and close. Subclasses lay them out."""

    def __init__(self, title: str, *, digit: int = 0, id: str | None = None) -> None:  # noqa: A002
        super().__init__(title, digit=digit, id=id)
        self.form = FORMS[0]
        self.longest = 1.0
        """the peak of the line whose bar is full"""
        self._levels: dict[Hashable, int] = {}
        """how many kinds of lines a person wants to see below a line of the tree: none, children, vectors too"""
        self._outermost: Sequence[Process] = ()
        self._made_of: tuple[Counted, Filter] | None = None
        self._processes = KnownProcesses()
        self._trends = TreeTrends(self.history, self._processes)

    def collect(self, moment: Moment) -> Sequence[Process]:
        """Filtered and in order; of a tree, the lines that are open."""
        found = super().collect(moment)
        self.longest = 1.0
        if self.form != "tree":
            return found
        self._trends.about(self.aggregate, self.keys, self.filter, self.passes)
        top = self._top(found)
        self.longest = max((row.peak for row in top), default=1.0) or 1.0
        return self._unfolded(top, self.columns(moment))

    def _top(self, found: Sequence[Process]) -> Sequence[Process]:
        """The outermost lines of the tree; those of before, when it is of the same."""
        if self._made_of is None or self._made_of[0] is not self.counted or self._made_of[1] != self.filter:
            self._made_of = self.counted, self.filter
            if self.by_parent:
                told = {**self.counted.now.relatives, **numbers_of(self.counted.rows)}
                self._outermost = process_tree(self._newest_last(found), partial(self._relatives, told))
            else:
                self._outermost = families(found)
        return self._outermost

    @property
    def by_parent(self) -> bool:
        """The tree is that of processes and their children: the aggregate tells these."""
        return self.keys.parent is not None

    def _newest_last(self, found: Sequence[Process]) -> list[Process]:
        """In order of their first appearance, those that are gone first."""
        shown = {row.key for row in found}
        return sorted((row for row in self.counted.rows if row.key in shown), key=lambda row: row.count > 0)

    def _relatives(self, told: Mapping[int, Relative], wanted: Collection[int]) -> Mapping[int, Relative]:
        """What is known of processes that are not among those shown."""
        found = {pid: told[pid] for pid in wanted if pid in told}
        missing = {*wanted} - found.keys()
        return {**found, **self._processes.find(self.moment, missing)} if missing and self.moment else found

    def trend(self, moment: Moment, row: Process, frames: int) -> list[float | None]:
        """Interrupts per second over the last Frames, oldest first; a tree by parents is that of each second."""
        cut = self.counted.now.cut
        if self.form == "tree" and self.by_parent and row.process and row.process == row.key and not cut:
            return self._trends.trend(moment, row.process, frames)
        return self.history.trend(moment, self.aggregate, self.keys, row.members, frames)

    def _unfolded(self, top: Sequence[Process], layout: Sequence[Column[Process]]) -> list[Process]:
        shown: list[Process] = []
        left = columns.ordered(top, layout, self.sort)[::-1]
        while left:
            row = left.pop()
            shown.append(row)
            level = self._level(row)
            if level and row.parts:
                left += columns.ordered(row.parts, layout, self.sort)[::-1]
            if level > bool(row.parts):
                left += columns.ordered(vector_lines(row, self._vector_name), layout, self.sort)[::-1]
        return shown

    def _level(self, row: Process) -> int:
        """How many kinds of lines are shown below one: of a process, at first its children alone."""
        return self._levels.get(row.key, 1 if row.parts and row.process is not None else 0)

    def _vector_name(self, vector: int) -> str:
        return keytext.vector(vector, self.moment.session.vectors if self.moment else {})

    def toggle(self) -> None:
        """Open or close a line of the tree."""
        row = self.current
        if self.form == "tree" and row is not None and row.opens:
            self._levels[row.key] = 0 if self._level(row) else 1
            self.update_rows()

    def action_sideways(self, direction: int) -> None:
        """In a tree open or close a line; otherwise go to the panel on that side."""
        row = self.current
        if self.form != "tree" or row is None:
            super().action_sideways(direction)
            return
        level = self._level(row)
        if direction > 0:
            self._levels[row.key] = min(level + 1, bool(row.parts) + bool(row.by_vector))
        elif level:
            self._levels[row.key] = level - 1
        elif row.depth:
            above = next((one for one in self.rows[self.cursor :: -1] if one.depth < row.depth), row)
            self._held = above.key
        self.update_rows()
