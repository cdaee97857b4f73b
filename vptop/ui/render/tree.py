# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines of a call tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.strip import Strip

from vptop.model.plain import clean
from vptop.model.stacks import Node
from vptop.ui.render import bars, numbers
from vptop.ui.render.columns import highlighted
from vptop.ui.render.fit import fit, strip
from vptop.ui.render.palette import Palette

Path = tuple[str, ...]

SHARE_TO_OPEN = 0.05
"""A node opens by itself when it has at least this share of everything, the way down from the root being open."""
DEPTH_TO_OPEN = 12
BAR = 10


@dataclass(frozen=True)
class TreeLine:
    """A node on screen: where it hangs and whether its callees show."""

    node: Node
    path: Path
    opened: bool

    @property
    def depth(self) -> int:
        """0 for the root's callees."""
        return len(self.path) - 1


def visible(root: Node, opened: dict[Path, bool]) -> Iterator[TreeLine]:
    """The lines of a tree from top to bottom; `opened` holds what the person opened and closed."""
    yield from _below(root, (), root.total or 1, opened)


def _below(node: Node, path: Path, whole: int, opened: dict[Path, bool]) -> Iterator[TreeLine]:
    for child in node.ordered():
        here = (*path, child.label)
        usual = child.total / whole >= SHARE_TO_OPEN and len(here) <= DEPTH_TO_OPEN
        shows = bool(child.children) and opened.get(here, usual)
        yield TreeLine(child, here, shows)
        if shows:
            yield from _below(child, here, whole, opened)


@dataclass(frozen=True)
class _Widths:
    """How the width of a line is shared out."""

    bar: int
    label: int
    own: int
    total: int


def _widths(width: int) -> _Widths:
    bar = BAR if width >= 70 else 5 if width >= 36 else 0
    own, total = (8, 8) if width >= 60 else (0, 7)
    return _Widths(bar, max(8, width - 7 - 1 - bar - 1 - own - total), own, total)


def tree_header(width: int, palette: Palette, *, inverted: bool) -> Strip:
    """Titles of the columns."""
    widths = _widths(width)
    title = "  INNERMOST, CALLERS BELOW" if inverted else "  OUTERMOST, CALLEES BELOW"
    text = fit("%", 7, ">") + " " * (widths.bar + 2) + fit(title if widths.label > 28 else "  FUNCTION", widths.label)
    return strip([(text + fit("OWN", widths.own, ">") + fit("TOTAL", widths.total, ">"), palette.header)], width)


def tree_row(line: TreeLine, whole: int, width: int, palette: Palette, *, cursor: bool) -> Strip:
    """Share of everything, a bar, the function at its depth, own and total count."""
    node = line.node
    share = node.total / whole if whole else 0.0
    glyph = ("▼ " if line.opened else "▶ ") if node.children else "  "
    widths = _widths(width)
    indent = min(line.depth * (2 if width >= 60 else 1), max(0, widths.label - 12))
    made = strip(
        [
            (fit(numbers.percent(share), 7, ">"), palette.strong if share >= SHARE_TO_OPEN else palette.text),
            (" " + bars.bar(share, widths.bar), palette.bar),
            (" " * (indent + 1), palette.text),
            (glyph, palette.accent),
            (fit(clean(node.label), widths.label - indent - 2), palette.text if not node.own else palette.strong),
            (fit(numbers.count(node.own) if node.own else "·", widths.own, ">"), palette.text),
            (fit(numbers.count(node.total), widths.total, ">"), palette.dim),
        ],
        width,
    )
    return highlighted(made, palette) if cursor else made
