# SPDX-License-Identifier: GPL-2.0-or-later
"""A call tree laid out as an icicle: callees below their caller, each as wide as its share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vptop.model.calltree import ROOT, CallTree, Node
from vptop.model.filterexpr import NO_FILTER, Filter

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
    """The stacks of a tree that pass a filter: a function of theirs is wanted, and none is barred."""

    found: set[int]
    """nodes whose label is wanted, by number"""
    leading: set[int]
    """these, and those that call them"""
    shown: bytearray
    """of each node, whether it is part of a stack that passes"""
    asks: bool
    """a function must be wanted; otherwise all are that are not barred"""
    samples: int
    """of the stacks that pass"""


def matching(root: Node, chosen: Filter) -> Matches:
    """Look for stacks in a tree, from its root on."""
    tree, count = root.tree, 0
    passing, shown, calls = _passing(tree, chosen), bytearray(len(tree)), bytearray(len(tree))
    for node in range(len(tree) - 1, ROOT, -1):
        if passing[node] and (tree.own[node] or not calls[node]):
            count += tree.own[node]
            shown[node] = True
        shown[tree.callers[node]] |= shown[node]
        calls[tree.callers[node]] = True
    found, leading = set[int](), set[int]()
    wants = [False, *(chosen.asks and chosen.wants(label) for label in tree.labels[1:])]
    for node, place in enumerate(tree.places().tolist()):
        if wants[place] and shown[node]:
            found.add(node)
            on_the_way = node
            while on_the_way > ROOT and on_the_way not in leading:
                leading.add(on_the_way)
                on_the_way = tree.callers[on_the_way]
    return Matches(found, leading, shown, chosen.asks, count)


def _passing(tree: CallTree, chosen: Filter) -> bytearray:
    """Of each node, whether the stack from the root to it passes."""
    wants = [not chosen.asks, *map(chosen.wants, tree.labels[1:])]
    bars = [False, *map(chosen.bars, tree.labels[1:])]
    inside, outside = bytearray([wants[0]]) + bytearray(len(tree) - 1), bytearray(len(tree))
    for node, place in enumerate(tree.places().tolist()):
        if node > ROOT:
            inside[node] = wants[place] or inside[tree.callers[node]]
            outside[node] = bars[place] or outside[tree.callers[node]]
    return bytearray(a and not b for a, b in zip(inside, outside, strict=True))


def samples(
    root: Node, *, inverted: bool = False, zoom: Path = (), chosen: Filter = NO_FILTER
) -> Iterator[tuple[list[str], int]]:
    """The stacks of a tree, each from the outermost call to the innermost, and how often it was seen.

    Args:
        root: of the tree.
        inverted: callers hang below callees in it.
        zoom: the way to a node: only stacks that it is part of.
        chosen: only stacks that pass.
    """
    tree, base = root.tree, root.at(zoom)
    if base is None:
        return
    passing, through = _passing(tree, chosen), bytearray(len(tree))
    for node in range(len(tree)):
        through[node] = node == base.index or (node > ROOT and through[tree.callers[node]])
        if tree.own[node] and passing[node] and through[node]:
            way = [*_upwards(tree, node)]
            yield way if inverted else way[::-1], tree.own[node]


def _upwards(tree: CallTree, node: int) -> Iterator[str]:
    """The labels from a node to below the root."""
    while node > ROOT:
        yield tree.label(node)
        node = tree.callers[node]
