# SPDX-License-Identifier: GPL-2.0-or-later
"""Guest stacks as a tree or as a flat list of functions."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.strip import Strip

from engine.probes.frame import NO_AGGREGATE
from vptop.model.kinds import Kind
from vptop.model.plain import clean
from vptop.model.session import Moment
from vptop.model.stacks import Function, Node, Stacks, flat
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.render import bars, numbers, tree
from vptop.ui.render.columns import highlighted
from vptop.ui.render.fit import fit, strip
from vptop.ui.render.tree import Path, TreeLine
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.lines import LIST, LinePanel

MOST_STACKS = 2_000
"""Stacks of one Frame that are shown: those that were seen most often."""
WINDOW = 30
"""Frames whose stacks are shown together: one second alone is too few samples to read."""


STACKS = Scope(
    "Stacks",
    (
        Action("stacks.form", "T", "form", "tree or flat list", "Tree/flat"),
        Action("stacks.invert", "i", "invert", "callers below callees, and back"),
        Action("stacks.subtree", "asterisk", "subtree", "expand everything below"),
    ),
)


class StackPanel(LinePanel[TreeLine | Function]):
    """Where the guest spends its time, from the outermost call inwards (or, inverted, from the innermost outwards)."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(STACKS)]
    SCOPES = (LIST, STACKS)
    empty = "no stacks; load a script whose aggregate has what gueststack gives as a string key"
    header_height = 1

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__("Guest stacks", digit=5, id=id)
        self.aggregate = NO_AGGREGATE
        self.inverted = False
        self.flat = False
        self.stacks = Stacks(Node("all"))
        self._opened: dict[Path, bool] = {}
        self._frames = 0

    # --- rows ---

    def collect(self, moment: Moment) -> Sequence[TreeLine | Function]:
        """Sum the window's stacks and lay them out."""
        self.aggregate = moment.first(Kind.STACKS) or self.aggregate
        self.stacks = moment.session.namer.tree(self._samples(moment), inverted=self.inverted and not self.flat)
        if self.flat:
            functions = flat(self.stacks.root)
            return [one for one in functions if self.filter(one.label, {"own": one.own, "count": one.total})]
        lines = tree.visible(self.stacks.root, self._opened)
        return [line for line in lines if not self.filter or self.filter(" ".join(line.path), {})]

    def _samples(self, moment: Moment) -> list[tuple[tuple[tuple[int, ...], tuple[str, ...]], int]]:
        found = []
        self._frames = 0
        for sequence in range(max(0, moment.sequence - WINDOW + 1), moment.sequence + 1):
            measured = moment.session.measured(sequence, self.aggregate)
            if measured is None:
                continue
            self._frames += 1
            found += [(measured.key(at), int(measured.hits[at])) for at in measured.busiest(MOST_STACKS)]
        return found

    def key(self, row: TreeLine | Function) -> Hashable:
        """The way to it."""
        return row.path if isinstance(row, TreeLine) else row.label

    # --- drawing ---

    def draw_header(self, line: int, width: int) -> Strip:
        """What the columns are."""
        if not self.flat:
            return tree.tree_header(width, self.palette, inverted=self.inverted)
        text = f"{'OWN%':>8}{'TOTAL%':>8}  {'FUNCTION':<{max(8, width - 44)}}{'':10}{'OWN':>8}{'TOTAL':>8}"
        return strip([(fit(text, width), self.palette.header)], width)

    def draw(self, row: TreeLine | Function, index: int, width: int, *, cursor: bool) -> Strip:
        """A node or a function."""
        whole = self.stacks.root.total
        if isinstance(row, TreeLine):
            return tree.tree_row(row, whole, width, self.palette, cursor=cursor)
        own, total = (row.own / whole, row.total / whole) if whole else (0.0, 0.0)
        room = width - 44
        made = strip(
            [
                (fit(numbers.percent(own), 8, ">"), self.palette.strong),
                (fit(numbers.percent(total), 8, ">"), self.palette.text),
                ("  ", self.palette.text),
                (fit(clean(row.label), max(8, room)), self.palette.text),
                (" " + bars.bar(own, 9), self.palette.bar),
                (fit(numbers.count(row.own), 8, ">"), self.palette.text),
                (fit(numbers.count(row.total), 8, ">"), self.palette.dim),
            ],
            width,
        )
        return highlighted(made, self.palette) if cursor else made

    def title_text(self) -> str:
        """With the form chosen."""
        form = "flat" if self.flat else "callers" if self.inverted else ""
        return f"{self.heading} ‹{form}›" if form else self.heading

    def status(self) -> str:
        """How many samples these are."""
        label = clean(self.moment.label(self.aggregate)) if self.moment else ""
        if not self.stacks.root.total:
            return label
        cut = f" · {numbers.count(self.stacks.cut)} cut off" if self.stacks.cut else ""
        return f"{label} · {numbers.count(self.stacks.root.total)} samples in {self._frames} s{cut}"

    # --- actions ---

    def action_sideways(self, direction: int) -> None:
        """Open or close; from a closed node go to its caller."""
        row = self.current
        if not isinstance(row, TreeLine):
            return
        if direction > 0:
            self._set(row.path, opened=True)
        elif row.opened:
            self._set(row.path, opened=False)
        else:
            above = [index for index, line in enumerate(self.rows) if self.key(line) == row.path[:-1]]
            if above:
                self._move_to(above[0])

    def action_open(self) -> None:
        """Open or close."""
        if isinstance(row := self.current, TreeLine):
            self._set(row.path, opened=not row.opened)

    def action_subtree(self) -> None:
        """Open everything below."""
        if not isinstance(row := self.current, TreeLine):
            return
        pending: list[tuple[Node, Path]] = [(row.node, row.path)]
        while pending:
            node, path = pending.pop()
            self._opened[path] = True
            pending += [(child, (*path, child.label)) for child in node.children.values()]
        self.update_rows()

    def action_form(self) -> None:
        """Tree or flat."""
        self.flat = not self.flat
        self._start_over()

    def action_invert(self) -> None:
        """From the innermost function outwards, and back."""
        self.inverted = not self.inverted
        self.flat = False
        self._start_over()

    def _start_over(self) -> None:
        self._opened.clear()
        self._held = None
        self.cursor = 0
        self.update_rows()

    def _set(self, path: Path, *, opened: bool) -> None:
        self._opened[path] = opened
        self._held = path
        self.update_rows()


class StacksView(View):
    """Stacks over the whole screen."""

    SCOPES: ClassVar[tuple[Scope, ...]] = (STACKS,)

    def compose(self) -> ComposeResult:
        """Top to bottom."""
        yield StackPanel(id="stack-tree")


ROW = ViewRow("stacks", "Stacks", "Stk", "where the guest spends its time", StacksView)
