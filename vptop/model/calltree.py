# SPDX-License-Identifier: GPL-2.0-or-later
"""A tree of calls, kept in columns: hundreds of thousands of nodes cost the garbage collector nothing."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

ROOT = 0
"""The number of the root."""
LABEL_BITS = 32


class CallTree:
    """Nodes by number; a caller has a lower number than what it calls."""

    def __init__(self) -> None:
        self._labels = ["all"]
        self._label = array("q", [0])
        """the label of each node, by its place"""
        self._places: dict[str, int] = {}
        self._edges: dict[int, int] = {}
        """nodes by caller and label"""
        self.callers = array("q", [-1])
        """of each node; -1: none"""
        self.again = bytearray(1)
        """whether a node is below one of the same label"""
        self.total = [0]
        """how often each node was on a stack"""
        self.own = [0]
        """and on top of one"""
        self.base = [0]
        """how often it was on a stack of the baseline"""

    def __len__(self) -> int:
        return len(self.total)

    def label(self, node: int) -> str:
        """The function, or another key of the row."""
        return self._labels[self._label[node]]

    @property
    def labels(self) -> list[str]:
        """Every label once, and before them that of the root."""
        return self._labels

    def places(self) -> npt.NDArray[np.int64]:
        """The place of each node's label in `labels`."""
        return np.frombuffer(self._label, np.int64)

    def way(self, labels: Iterable[str]) -> list[int]:
        """The nodes from the root along these labels, made where they are new. Not after callees were asked for."""
        places, edges = self._places, self._edges
        node, nodes = ROOT, [ROOT]
        for label in labels:
            place = places.get(label)
            if place is None:
                place = places[label] = len(self._labels)
                self._labels.append(label)
            edge = node << LABEL_BITS | place
            below = edges.get(edge)
            if below is None:
                below = edges[edge] = self._add(nodes, place)
            node = below
            nodes.append(node)
        return nodes

    def _add(self, callers: list[int], place: int) -> int:
        """A node below these, each of which calls the next."""
        self.again.append(any(self._label[node] == place for node in callers))
        self._label.append(place)
        self.callers.append(callers[-1])
        for column in (self.total, self.own, self.base):
            column.append(0)
        return len(self) - 1

    def callee(self, node: int, label: str) -> int | None:
        """The callee of that label."""
        return self._edges.get(node << LABEL_BITS | self._places[label]) if label in self._places else None

    def callees(self, node: int) -> list[int]:
        """In the order in which they came."""
        order, ends = self._by_caller
        found: list[int] = order[ends[node] : ends[node + 1]].tolist()
        return found

    def calls(self, node: int) -> bool:
        """It has callees."""
        _, ends = self._by_caller
        return bool(ends[node + 1] > ends[node])

    @cached_property
    def _by_caller(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        callers = np.array(self.callers, np.int64)
        order = np.argsort(callers, kind="stable")
        return order, np.searchsorted(callers[order], np.arange(len(self) + 1))

    def settle(self) -> None:
        """Work out who calls whom, in the thread that has made the tree."""
        self.callees(ROOT)


@dataclass(frozen=True, slots=True)
class Node:
    """One call of a tree."""

    tree: CallTree
    index: int = ROOT

    @property
    def label(self) -> str:
        """The function, or another key of the row."""
        return self.tree.label(self.index)

    @property
    def total(self) -> int:
        """How often it was on a stack."""
        return self.tree.total[self.index]

    @property
    def own(self) -> int:
        """How often it was on top of one."""
        return self.tree.own[self.index]

    @property
    def base(self) -> int:
        """How often it was on a stack of the baseline."""
        return self.tree.base[self.index]

    @property
    def calls(self) -> bool:
        """It has callees."""
        return self.tree.calls(self.index)

    def ordered(self) -> list[Node]:
        """Callees, most often seen first."""
        found = [Node(self.tree, index) for index in self.tree.callees(self.index)]
        return sorted(found, key=lambda node: (-node.total, -node.base, node.label))

    def at(self, path: Iterable[str]) -> Node | None:
        """The node that these callees lead to, from this one on."""
        index: int | None = self.index
        for label in path:
            index = None if index is None else self.tree.callee(index, label)
        return None if index is None else Node(self.tree, index)


NO_CALLS = Node(CallTree())
"""The root of a tree without samples."""
