# SPDX-License-Identifier: GPL-2.0-or-later
"""A call tree laid out as an icicle: callees below their caller, each as wide as its share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vptop.model.calltree import ROOT, CallTree, Node

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
        callee = node.at((label,))
        if callee is None:
            break
        node = callee
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
    """these, by number"""
    leading: set[int]
    """these, and those that call them"""
    samples: int
    """in which a wanted one occurs"""


def matching(root: Node, wanted: Callable[[str], bool]) -> Matches:
    """Look for labels in a tree, from its root on."""
    tree, samples = root.tree, 0
    fits = [False, *map(wanted, tree.labels[1:])]
    found: set[int] = set()
    leading: set[int] = set()
    inside = bytearray(len(tree))  # it or a caller is wanted
    for node, place in enumerate(tree.places().tolist()):
        caller = tree.callers[node]
        inside[node] = fits[place] or (caller >= 0 and inside[caller])
        if not fits[place]:
            continue
        found.add(node)
        samples += 0 if inside[caller] else tree.total[node]
        on_the_way = node
        while on_the_way > ROOT and on_the_way not in leading:
            leading.add(on_the_way)
            on_the_way = tree.callers[on_the_way]
    return Matches(found, leading, samples)


def samples(
    root: Node, *, inverted: bool = False, zoom: Path = (), wanted: Callable[[str], bool] | None = None
) -> Iterator[tuple[list[str], int]]:
    """The stacks of a tree, each from the outermost call to the innermost, and how often it was seen.

    Args:
        root: of the tree.
        inverted: callers hang below callees in it.
        zoom: the way to a node: only stacks that it is part of.
        wanted: only stacks with such a label; None: all.
    """
    tree, base = root.tree, root.at(zoom)
    if base is None:
        return
    fits = [False, *map(wanted, tree.labels[1:])] if wanted else [True] * len(tree.labels)
    inside, through = bytearray(len(tree)), bytearray(len(tree))
    for node, place in enumerate(tree.places().tolist()):
        caller = tree.callers[node]
        inside[node] = fits[place] or (caller >= 0 and inside[caller])
        through[node] = node == base.index or (caller >= 0 and through[caller])
        if tree.own[node] and inside[node] and through[node]:
            way = [*_upwards(tree, node)]
            yield way if inverted else way[::-1], tree.own[node]


def _upwards(tree: CallTree, node: int) -> Iterator[str]:
    """The labels from a node to below the root."""
    while node > ROOT:
        yield tree.label(node)
        node = tree.callers[node]
