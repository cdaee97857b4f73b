# SPDX-License-Identifier: GPL-2.0-or-later
"""Guest stacks as a flame graph, callees below callers: keys and mouse choose and zoom, a filter highlights."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.binding import BindingType
from textual.geometry import Offset
from textual.strip import Strip

from vptop.export.samples import Sample
from vptop.export.shown import Cells, Table
from vptop.model import flame
from vptop.model.flame import Box, Path
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.render import numbers
from vptop.ui.render.fit import strip
from vptop.ui.render.flame import described, level_row
from vptop.ui.render.tree import TreeLine, written
from vptop.ui.views.stackwork import STACKS, NextForm, StackSource
from vptop.ui.widgets.lines import LIST

Level = tuple[Box, ...]

FLAME = Scope("Flame graph", (Action("flame.out", "backspace", "out", "zoom out by one caller", "Zoom out"),))


class FlamePanel(StackSource[Level]):
    """One level of calls a line. Arrows go to callers, callees and siblings, Enter zooms in, Backspace out."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(FLAME)]
    SCOPES = (LIST, STACKS, FLAME)
    footer_height = 1

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.zoomed_to: Path = ()
        self.chosen: Path = ()
        self._under: Path = ()
        """the box under the mouse"""
        self._matches = 0

    def lay_out(self) -> Sequence[Level]:
        """Levels as wide as the panel; a node that is gone gives way to the nearest caller that there is."""
        root = self.stacks.root
        while self.zoomed_to and not ((node := root.at(self.zoomed_to)) and node.total):
            self.zoomed_to = self.zoomed_to[:-1]
        levels = flame.layout(root, self.zoomed_to, self.inner_width) if self.inner_width > 0 else []
        if not any(box.path == self.chosen for level in levels for box in level):
            self.chosen = self.zoomed_to or (levels[0][0].path if levels else ())
        self._matches = flame.matching(root, self.filter).samples if self.filter else 0
        return levels

    def keep_cursor(self) -> None:
        """The cursor is on the level of the chosen box."""
        self.cursor = max(0, len(self.chosen) - 1)
        self._held = None
        super().keep_cursor()

    def on_resize(self) -> None:
        """Boxes are laid out for a width."""
        self.update_rows()

    def key(self, row: Level) -> Hashable:
        """Its depth."""
        return len(row[0].path)

    def label_of(self, row: Level) -> str:
        """The function of the chosen box."""
        return self.chosen[-1] if self.chosen else ""

    def path_of(self, row: Level) -> tuple[Path, int]:
        """The way to the chosen box."""
        node = self.stacks.root.at(self.chosen)
        return self.chosen, node.total if node else 0

    def places(self) -> Sequence[tuple[str, Hashable]]:
        """Box by box, each with the way to it."""
        return [(box.node.label, box.path) for level in self.rows for box in level]

    @property
    def place(self) -> Hashable:
        """The way to the chosen box."""
        return self.chosen

    def go_to(self, place: Hashable) -> None:
        """Choose a box."""
        self._choose(next((box for level in self.rows for box in level if box.path == place), None))

    def explain_empty(self) -> str:
        """A filter hides nothing here."""
        return self.empty

    def _wanted(self, label: str) -> bool:
        return self.filter(label, {})

    def _box(self, path: Path) -> Box | None:
        return next((box for level in self.rows for box in level if box.path == path), None)

    # --- drawing ---

    def draw(self, row: Level, index: int, width: int, *, cursor: bool) -> Strip:
        """A level."""
        chosen = self.chosen if cursor else ()
        wanted = self._wanted if self.filter else None
        return level_row(row, self.stacks, width, self.palette, chosen=chosen, wanted=wanted)

    def text_of(self, row: Level, width: int) -> str:
        """Its boxes, each with its samples."""
        return "   ".join(f"{box.node.label} {box.node.total}" for box in row)

    def table(self) -> Table:
        """The boxes as lines of a tree; as stacks, those of what is zoomed to."""
        boxes = sorted((box for level in self.rows for box in level), key=lambda box: (box.left, len(box.path)))
        lines = [TreeLine(box.node, box.path, opened=True) for box in boxes]
        columns = written(self.stacks, self.divisor, is_flat=False)
        cells = Cells(lines, [*columns.values()])
        return Table(self.title_text(), tuple(columns), cells, self.shown_samples())

    def shown_samples(self) -> Callable[[], Iterable[Sample]]:
        """Those of what is zoomed to. A filter hides nothing here."""
        return partial(flame.samples, self.stacks.root, inverted=self.inverted, zoom=self.zoomed_to)

    def copies(self) -> Sequence[tuple[str, str]]:
        """The function of the chosen box, and the way to it: a level is no row."""
        return super().copies()[1:]

    def draw_footer(self, line: int, width: int) -> Strip:
        """What the box under the mouse is, or the chosen one."""
        box = self._box(self._under) or self._box(self.chosen)
        if box is None:
            return strip([], width)
        node = self.stacks.root.at(self.zoomed_to)
        words = described(box, self.stacks, node.total if node else 0, self.divisor)
        return strip([(f" {words}", self.palette.strong)], width)

    def title_text(self) -> str:
        """With the form chosen."""
        return f"{self.heading} ‹flame{', callers' if self.inverted else ''}›"

    def status(self) -> str:
        """Samples, those that match, and the zoom."""
        whole = self.stacks.root.total
        matches = f"matched {numbers.percent(self._matches / whole)} · " if self.filter and whole else ""
        return matches + super().status()

    # --- movement ---

    def _choose(self, box: Box | None) -> None:
        if box is not None:
            self.chosen = box.path
            self._move_to(len(box.path) - 1)

    def action_move(self, rows: int) -> None:
        """To the caller, or to the callee seen most often."""
        if rows < 0:
            self._choose(self._box(self.chosen[:rows]))
        elif self.cursor + 1 < len(self.rows):
            below = [box for box in self.rows[self.cursor + 1] if box.path[:-1] == self.chosen]
            self._choose(max(below, key=lambda box: box.width, default=None))

    def action_page(self, pages: int) -> None:
        """As far as the panel is high."""
        for _ in range(self._body):
            self.action_move(pages)

    def action_top(self) -> None:
        """To the outermost call."""
        self._choose(self._box(self.chosen[:1]))

    def action_bottom(self) -> None:
        """To the innermost call below."""
        for _ in self.rows:
            self.action_move(1)

    def action_sideways(self, direction: int) -> None:
        """To the box beside it."""
        if self.rows:
            self._choose(flame.beside(self.rows[self.cursor], self.chosen, direction))

    def action_open(self) -> None:
        """Zoom to the chosen box; on the one zoomed to, out again."""
        self._zoom(() if self.chosen == self.zoomed_to else self.chosen)

    def action_out(self) -> None:
        """Zoom to the caller of what is zoomed to."""
        if not self.zoomed_to:
            raise SkipAction  # Backspace goes back to where the person came from
        self._zoom(self.zoomed_to[:-1])

    def _zoom(self, path: Path) -> None:
        self.zoomed_to = path
        self.update_rows()

    def action_subtree(self) -> None:
        """Everything is open already: zoom to the chosen box."""
        self._zoom(self.chosen)

    def action_form(self) -> None:
        """The next form."""
        self.post_message(NextForm())

    def start_over(self) -> None:
        """The whole tree again."""
        self.zoomed_to = self.chosen = ()
        super().start_over()

    # --- mouse, jumps ---

    def spots(self) -> Sequence[tuple[Offset, Callable[[], object]]]:
        """The boxes on screen."""
        top = self.scroll_offset.y
        shown = list(enumerate(self.rows))[top : top + self._body]
        return [(Offset(box.left, line - top), partial(self._choose, box)) for line, level in shown for box in level]

    def _at(self, event: events.MouseEvent) -> Box | None:
        offset = event.get_content_offset(self)
        if offset is None or offset.y >= self.size.height - self.footer_height:
            return None
        level = offset.y + self.scroll_offset.y
        return flame.at(self.rows[level], offset.x) if level < len(self.rows) else None

    def on_click(self, event: events.Click) -> None:
        """Choose the box; a second click zooms to it."""
        event.prevent_default()  # Textual calls the handlers of the base classes, too
        box = self._at(event)
        if box is not None:
            self._choose(box)
            if event.chain > 1:
                self.action_open()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Say what is under the mouse."""
        box = self._at(event)
        self._under = box.path if box else ()
        self.refresh()

    def on_leave(self) -> None:
        """Nothing is under the mouse."""
        self._under = ()
        self.refresh()
