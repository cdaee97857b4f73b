# SPDX-License-Identifier: GPL-2.0-or-later
"""Guest stacks as a tree, as a flame graph, or as a flat list of functions."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.strip import Strip

from vptop.export.shown import Cells, Table
from vptop.model.calltree import Node
from vptop.model.flame import matching
from vptop.model.stacks import Function
from vptop.ui.actions import Scope
from vptop.ui.render import tree
from vptop.ui.render.tree import Path, TreeLine
from vptop.ui.views.flame import FLAME, FlamePanel
from vptop.ui.views.stackwork import STACKS, NextForm, StackSource
from vptop.ui.views.view import View, ViewRow
from vptop.ui.widgets.lines import LinePanel


class StackPanel(StackSource[TreeLine | Function]):
    """Where the guest spends its time, from the outermost call inwards (or, inverted, from the innermost outwards)."""

    header_height = 1

    def __init__(self, *, id: str | None = None, with_flame: bool = False) -> None:  # noqa: A002
        super().__init__(id=id)
        self.flat = False
        self._with_flame = with_flame
        """a flame graph beside this panel is one of its forms"""
        self._opened: dict[Path, bool] = {}

    # --- rows ---

    def lay_out(self) -> Sequence[TreeLine | Function]:
        """The open part of the tree, or the functions. A filter shows what matches, its callers and callees."""
        if self.flat:
            functions = self.stacks.functions
            return [one for one in functions if self.filter(one.shown, {"own": one.own, "count": one.total})]
        wanted = matching(self.stacks.root, self.filter) if self.filter else None
        return list(tree.visible(self.stacks.root, self._opened, wanted))

    def label_of(self, row: TreeLine | Function) -> str:
        """The function."""
        return row.node.label if isinstance(row, TreeLine) else row.label

    def path_of(self, row: TreeLine | Function) -> tuple[Path, int]:
        """The way to a node; a function of the flat list stands for itself."""
        return (row.path, row.node.total) if isinstance(row, TreeLine) else ((row.label,), row.total)

    def key(self, row: TreeLine | Function) -> Hashable:
        """The way to it."""
        return row.path if isinstance(row, TreeLine) else row.shown

    def table(self) -> Table:
        """The lines with the numbers that are shown; callees are indented."""
        columns = tree.written(self.stacks, self.divisor, is_flat=self.flat)
        return Table(self.title_text(), tuple(columns), Cells(self.rows, [*columns.values()]), self.shown_samples())

    # --- drawing ---

    def draw_header(self, line: int, width: int) -> Strip:
        """What the columns are."""
        compared, seconds = self.stacks.compared, self.divisor
        if self.flat:
            return tree.flat_header(width, self.palette, compared=compared, seconds=seconds)
        return tree.tree_header(width, self.palette, inverted=self.inverted, compared=compared, seconds=seconds)

    def draw(self, row: TreeLine | Function, index: int, width: int, *, cursor: bool) -> Strip:
        """A node or a function."""
        if isinstance(row, TreeLine):
            return tree.tree_row(row, self.stacks, width, self.palette, cursor=cursor, seconds=self.divisor)
        return tree.flat_row(row, self.stacks, width, self.palette, cursor=cursor, seconds=self.divisor)

    def title_text(self) -> str:
        """With the form chosen."""
        form = "flat" if self.flat else "callers" if self.inverted else "tree"
        return f"{self.heading} ‹{form}›"

    # --- actions ---

    def action_sideways(self, direction: int) -> None:
        """Open or close; from a closed node go to its caller."""
        row = self.current
        if not isinstance(row, TreeLine):
            return
        if direction > 0:
            self._open_chain(row)
        elif row.opened:
            self._set(row.path, opened=False)
        else:
            above = [index for index, line in enumerate(self.rows) if self.key(line) == row.path[:-1]]
            if above:
                self._move_to(above[0])

    def _open_chain(self, row: TreeLine) -> None:
        """Open a node, and those below it as long as they have one callee."""
        node, path = row.node, row.path
        self._opened[path] = True
        while len(callees := node.ordered()) == 1:
            node = callees[0]
            path = (*path, node.label)
            self._opened[path] = True
        self._set(row.path, opened=True)

    def action_open(self) -> None:
        """Open or close."""
        if isinstance(row := self.current, TreeLine):
            self._set(row.path, opened=not row.opened)

    def toggle(self) -> None:
        """Open or close."""
        self.action_open()

    def action_subtree(self) -> None:
        """Open everything below."""
        if not isinstance(row := self.current, TreeLine):
            return
        pending: list[tuple[Node, Path]] = [(row.node, row.path)]
        while pending:
            node, path = pending.pop()
            self._opened[path] = True
            pending += [(child, (*path, child.label)) for child in node.ordered()]
        self.update_rows()

    def action_form(self) -> None:
        """The next form."""
        if self._with_flame and not self.flat:
            self.post_message(NextForm())
        else:
            self.show_form(flat=not self.flat)

    def show_form(self, *, flat: bool) -> None:
        """The list of functions, or the tree."""
        self.flat = flat
        self.inverted = self.inverted and not flat
        self.start_over()

    def action_invert(self) -> None:
        """From the innermost function outwards, and back."""
        self.flat = False
        super().action_invert()

    def start_over(self) -> None:
        """Close what the person opened."""
        self._opened.clear()
        super().start_over()

    def _set(self, path: Path, *, opened: bool) -> None:
        self._opened[path] = opened
        self._held = path
        self.update_rows()


class StacksView(View):
    """Stacks over the whole screen, in one form at a time."""

    SCOPES: ClassVar[tuple[Scope, ...]] = (STACKS, FLAME)

    def compose(self) -> ComposeResult:
        """The tree, which is also the flat list, and the flame graph."""
        yield StackPanel(id="stack-tree", with_flame=True)
        yield FlamePanel(id="stack-flame")

    @property
    def every(self) -> Sequence[LinePanel[object]]:
        """The form that is shown: Tab does not choose another."""
        return self.panels

    def on_next_form(self) -> None:
        """From the tree to the flame graph, from there to the flat list."""
        flame = not self.has_class("-flame")
        tree_panel, flame_panel = self.query_one(StackPanel), self.query_one(FlamePanel)
        if flame:
            flame_panel.inverted = tree_panel.inverted
        else:
            tree_panel.show_form(flat=True)
        self.set_class(flame, "-flame")
        panel: LinePanel[Any] = flame_panel if flame else tree_panel
        panel.show((tree_panel if flame else flame_panel).moment)
        self.screen.set_focus(panel)


LAYOUT = """
StacksView #stack-flame, StacksView.-flame #stack-tree { display: none; }
StacksView.-flame #stack-flame { display: block; }
"""
ROW = ViewRow("stacks", "Stacks", "Stk", "where the guest spends its time", StacksView, LAYOUT)
