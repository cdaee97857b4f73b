# SPDX-License-Identifier: GPL-2.0-or-later
"""Levels of a flame graph: boxes with their function, in colours that a function keeps."""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

from rich.style import Style
from textual.strip import Strip

from vptop.model.flame import Box, Path
from vptop.model.plain import clean
from vptop.model.stacks import Stacks
from vptop.ui.render import numbers
from vptop.ui.render.fit import Piece, fit, strip
from vptop.ui.render.palette import Palette
from vptop.ui.render.tree import samples

EDGE = "▕"
"""The last cell of a box, so that boxes of one colour are told apart."""
GROWTH = 0.005
"""Changes of a share that are marked in a box."""


def level_row(
    boxes: tuple[Box, ...],
    stacks: Stacks,
    width: int,
    palette: Palette,
    *,
    chosen: Path = (),
    wanted: Callable[[str], bool] | None = None,
) -> Strip:
    """One level.

    Args:
        boxes: of the level, from left to right.
        stacks: what they are of; compared with a baseline, boxes say how their share changed.
        width: cells across.
        palette: styles.
        chosen: the way to the box that the cursor is on; the empty one is none.
        wanted: whether a label is searched for; None when nothing is.
    """
    pieces: list[Piece] = []
    end = 0
    for box in boxes:
        pieces.append((" " * (box.left - end), palette.text))
        style = _style(box, palette, chosen, wanted)
        text = clean(box.node.label)
        if stacks.compared and abs(stacks.change(box.node)) >= GROWTH:
            text = f"{numbers.points(stacks.change(box.node))} {text}"
        pieces.append((fit(text, box.width - 1) if box.width > 2 else " " * (box.width - 1), style))
        pieces.append((EDGE, style))
        end = box.left + box.width
    return strip(pieces, width)


def _style(box: Box, palette: Palette, chosen: Path, wanted: Callable[[str], bool] | None) -> Style:
    if box.path == chosen:
        return palette.chip
    if wanted is not None:
        return palette.alert if wanted(box.node.label) else palette.dim
    if box.above:
        return palette.dim
    return palette.flame[crc32(box.node.label.encode()) % len(palette.flame)]


def described(box: Box, stacks: Stacks, zoomed: int, seconds: float | None = None) -> str:
    """What a box stands for, in words.

    Args:
        box: which one.
        stacks: what it is of.
        zoomed: samples of the node that the picture is zoomed to.
        seconds: guest seconds that samples are divided by; None: they are not.
    """
    node, whole = box.node, stacks.root.total
    words = [clean(node.label), samples(node.total, seconds), numbers.percent(node.total / whole)]
    if zoomed != whole and not box.above:
        words.append(f"{numbers.percent(node.total / zoomed)} of the zoom")
    if node.own:
        words.append(f"own {numbers.percent(node.own / whole)}")
    if stacks.compared:
        words.append(f"Δ {numbers.points(stacks.change(node))} points")
    return " · ".join(words)
