# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines of a call tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from rich.style import Style
from textual.strip import Strip

from vptop.export.shown import Cell
from vptop.model.calltree import Node
from vptop.model.flame import Matches
from vptop.model.plain import clean
from vptop.model.stacks import Function, Stacks
from vptop.ui.render import bars, numbers
from vptop.ui.render.columns import change_cell, highlighted, share_cell
from vptop.ui.render.fit import fit, fit_place, strip
from vptop.ui.render.palette import Palette

Path = tuple[str, ...]

SHARE_TO_OPEN = 0.05
"""A node opens by itself when it has at least this share of its tree, the way down from the root being open."""
DEPTH_TO_OPEN = 12
BAR = 10
ROOMY = 60
"""Cells across from which on there are samples beside their share."""


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


def visible(root: Node, opened: Mapping[Path, bool], matches: Matches | None = None) -> Iterator[TreeLine]:
    """The lines of a tree from top to bottom.

    Args:
        root: of the tree; it has no line.
        opened: what the person opened and closed.
        matches: what to show: what is wanted, with its callers, which are open, and what is below it, which opens as
            a tree of its own does; None: all.
    """
    begin = None if matches is not None and matches.asks else (0, root.total or 1)
    pending: list[tuple[Node, Path, tuple[int, int] | None]]
    pending = [(child, (child.label,), begin) for child in reversed(root.ordered())]
    while pending:
        node, here, inside = pending.pop()
        if matches is not None and not matches.shown[node.index]:
            continue
        if matches is not None and inside is None and node.index in matches.found:
            inside = len(here) - 1, node.total or 1
        leads = matches is not None and not matches.leading.isdisjoint(node.tree.callees(node.index))
        usual = inside and len(here) - inside[0] <= DEPTH_TO_OPEN and node.total / inside[1] >= SHARE_TO_OPEN
        shows = node.calls and opened.get(here, bool(leads or usual))
        yield TreeLine(node, here, shows)
        if shows:
            pending += [(child, (*here, child.label), inside) for child in reversed(node.ordered())]


@dataclass(frozen=True)
class _Widths:
    """How the width of a line is shared out."""

    bar: int
    label: int
    own: int
    total: int
    change: int


def _widths(width: int, *, compared: bool) -> _Widths:
    own, total = (8, 8) if width >= ROOMY else (0, 7)
    change = 9 if compared else 0
    bar = BAR if width >= 70 else 5 if width - change >= 36 else 0
    return _Widths(bar, max(8, width - 7 - 1 - bar - 1 - own - total - change), own, total, change)


def counted(samples: int, seconds: float | None) -> str:
    """Samples, or samples per second where the guest seconds that they are of are given."""
    return numbers.count(samples) if seconds is None else numbers.rate(samples / seconds)


def samples(number: int, seconds: float | None) -> str:
    """The same with the word behind it."""
    return f"{counted(number, seconds)} samples{'' if seconds is None else '/s'}"


def _titles(seconds: float | None) -> tuple[str, str]:
    """Of the columns of own and total samples."""
    return ("OWN", "TOTAL") if seconds is None else ("OWN/S", "TOT/S")


def changed(change: float, palette: Palette) -> Style:
    """The style of a change of a share: more is the warning's, less the accent's."""
    return palette.dim if abs(change) < 0.0005 else palette.warn if change > 0 else palette.accent


Written = Mapping[str, Callable[[TreeLine | Function], str]]


def written(stacks: Stacks, seconds: float | None, *, is_flat: bool) -> Written:
    """The columns of the tree, or of the flat list, as files have them: titles, and what is below each."""
    whole = stacks.root.total or 1
    own, total = _titles(seconds)
    of_total: Written = {"TOTAL%" if is_flat else "%": lambda row: share_cell(_counts(row).total / whole)}
    of_own: Written = {"OWN%": lambda row: share_cell(_counts(row).own / whole)} if is_flat else {}
    changes: Written = {"Δ POINTS": lambda row: change_cell(stacks.change(_counts(row)))} if stacks.compared else {}
    return {
        **of_own,
        **of_total,
        "FUNCTION": lambda row: "  " * (row.depth if isinstance(row, TreeLine) else 0) + clean(_name(row)),
        **changes,
        own: lambda row: _samples(_counts(row).own, seconds),
        total: lambda row: _samples(_counts(row).total, seconds),
    }


def _counts(row: TreeLine | Function) -> Node | Function:
    return row.node if isinstance(row, TreeLine) else row


def _name(row: TreeLine | Function) -> str:
    return row.node.label if isinstance(row, TreeLine) else row.shown


def _samples(number: int, seconds: float | None) -> str:
    return Cell(counted(number, seconds), number if seconds is None else number / seconds)


def tree_header(
    width: int, palette: Palette, *, inverted: bool, compared: bool = False, seconds: float | None = None
) -> Strip:
    """Titles of the columns; with `seconds`, samples are per second."""
    own, total = _titles(seconds)
    widths = _widths(width, compared=compared)
    title = "  INNERMOST, CALLERS BELOW" if inverted else "  OUTERMOST, CALLEES BELOW"
    text = fit("%", 7, ">") + " " * (widths.bar + 2) + fit(title if widths.label > 28 else "  FUNCTION", widths.label)
    text += fit("Δ POINTS", widths.change, ">") + fit(own, widths.own, ">") + fit(total, widths.total, ">")
    return strip([(text, palette.header)], width)


def tree_row(
    line: TreeLine, stacks: Stacks, width: int, palette: Palette, *, cursor: bool, seconds: float | None = None
) -> Strip:
    """Share of everything, a bar, the function at its depth, the change of its share, own and total count."""
    node = line.node
    share = node.total / stacks.root.total if stacks.root.total else 0.0
    glyph = ("▼ " if line.opened else "▶ ") if node.calls else "  "
    widths = _widths(width, compared=stacks.compared)
    change = stacks.change(node)
    indent = min(line.depth * (2 if width >= 60 else 1), max(0, widths.label - 12))
    made = strip(
        [
            (fit(numbers.percent(share), 7, ">"), palette.strong if share >= SHARE_TO_OPEN else palette.text),
            (" " + bars.bar(share, widths.bar), palette.bar),
            (" " * (indent + 1), palette.text),
            (glyph, palette.accent),
            (fit_place(clean(node.label), widths.label - indent - 2), palette.text if not node.own else palette.strong),
            (fit(numbers.points(change), widths.change, ">"), changed(change, palette)),
            (fit(counted(node.own, seconds) if node.own else "·", widths.own, ">"), palette.text),
            (fit(counted(node.total, seconds), widths.total, ">"), palette.dim),
        ],
        width,
    )
    return highlighted(made, palette) if cursor else made


def flat_header(width: int, palette: Palette, *, compared: bool = False, seconds: float | None = None) -> Strip:
    """Titles of the columns of the flat list; with `seconds`, samples are per second."""
    own, total = _titles(seconds)
    widths = _flat_widths(width, compared=compared)
    text = fit("OWN%", 8, ">") + fit("TOTAL%", 8, ">") + "  " + fit("FUNCTION", widths.label) + " " * widths.bar
    text += fit("Δ POINTS", widths.change, ">") + fit(own, widths.own, ">") + fit(total, widths.total, ">")
    return strip([(text, palette.header)], width)


def flat_row(
    function: Function, stacks: Stacks, width: int, palette: Palette, *, cursor: bool, seconds: float | None = None
) -> Strip:
    """Own and total share of a function, a bar of its own, the change of its total share, the counts."""
    whole = stacks.root.total
    own, total = (function.own / whole, function.total / whole) if whole else (0.0, 0.0)
    widths = _flat_widths(width, compared=stacks.compared)
    change = stacks.change(function)
    made = strip(
        [
            (fit(numbers.percent(own), 8, ">"), palette.strong),
            (fit(numbers.percent(total), 8, ">"), palette.text),
            ("  ", palette.text),
            (fit_place(clean(function.shown), widths.label), palette.text),
            (f" {bars.bar(own, widths.bar - 1)}" if widths.bar else "", palette.bar),
            (fit(numbers.points(change), widths.change, ">"), changed(change, palette)),
            (fit(counted(function.own, seconds), widths.own, ">"), palette.text),
            (fit(counted(function.total, seconds), widths.total, ">"), palette.dim),
        ],
        width,
    )
    return highlighted(made, palette) if cursor else made


def _flat_widths(width: int, *, compared: bool) -> _Widths:
    """Of the columns behind the shares: where there is little room, shares are all that is said."""
    change, counts = 9 if compared else 0, 8 if width >= ROOMY else 0
    bar = BAR if width - change >= 46 else 0
    return _Widths(bar, max(8, width - 18 - bar - change - 2 * counts), counts, counts, change)
