# SPDX-License-Identifier: GPL-2.0-or-later
"""A call tree laid out as an icicle: callees below their caller, each as wide as its share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vptop.model.stacks import Node

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A node in the picture."""

    node: Node
    path: Path
    left: int
    """its first cell"""
    width: int
    """its cells, at least one"""
    above: bool = False
    """it is a caller of what the picture is zoomed to, drawn over the whole width"""


def layout(root: Node, zoom: Path, width: int) -> list[tuple[Box, ...]]:
    """The boxes of each level from the outermost call inwards.

    The node zoomed to and its callers take the whole width. Callees share the width of their caller by their
    totals; those that would be narrower than a cell are left out.

    Args:
        root: of the tree; it has no box.
        zoom: the way to the node that takes the whole width; the empty one is the root.
        width: cells across.
    """
    levels: list[tuple[Box, ...]] = []
    node = root
    for depth, label in enumerate(zoom):
        if label not in node.children:
            break
        node = node.children[label]
        levels.append((Box(node, zoom[: depth + 1], 0, width, above=depth + 1 < len(zoom)),))
    level: tuple[Box, ...] = (levels[-1] if levels else (Box(node, (), 0, width),)) if node.total else ()
    while level := tuple(box for caller in level for box in _callees(caller)):
        levels.append(level)
    return levels


def _callees(caller: Box) -> list[Box]:
    """The boxes of a node's callees, most often seen first."""
    boxes: list[Box] = []
    before = 0
    for node in caller.node.ordered():
        left = round(before * caller.width / caller.node.total)
        before += node.total
        right = round(before * caller.width / caller.node.total)
        if right > left:
            boxes.append(Box(node, (*caller.path, node.label), caller.left + left, right - left))
    return boxes


def at(level: tuple[Box, ...], cell: int) -> Box | None:
    """The box of a level that covers a cell."""
    return next((box for box in level if box.left <= cell < box.left + box.width), None)


def beside(level: tuple[Box, ...], path: Path, step: int) -> Box | None:
    """The box to the right (1) or to the left (-1) of another."""
    for place, box in enumerate(level):
        if box.path == path:
            return level[place + step] if 0 <= place + step < len(level) else None
    return None


@dataclass(frozen=True)
class Matches:
    """The nodes of a tree whose label is wanted."""

    found: set[int]
    """these, by `id`"""
    leading: set[int]
    """these, and those that call them"""
    samples: int
    """in which a wanted one occurs"""


def matching(root: Node, wanted: Callable[[str], bool]) -> Matches:
    """Look for labels in a tree."""
    known: dict[str, bool] = {}
    found: set[int] = set()
    leading: set[int] = set()
    samples = 0
    pending: list[tuple[Node, tuple[Node, ...], bool]] = [(child, (), False) for child in root.children.values()]
    while pending:
        node, callers, inside = pending.pop()
        if node.label not in known:
            known[node.label] = wanted(node.label)
        below = (*callers, node)
        if known[node.label]:
            samples += 0 if inside else node.total
            found.add(id(node))
            leading.update(map(id, below))
        pending += [(child, below, inside or known[node.label]) for child in node.children.values()]
    return Matches(found, leading, samples)
