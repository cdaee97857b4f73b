# SPDX-License-Identifier: GPL-2.0-or-later
"""Trees of calls in columns."""

from __future__ import annotations

import gc
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from vptop.model.calltree import CallTree, Node
from vptop.model.filterexpr import parse
from vptop.model.flame import matching
from vptop.model.stacks import Function, flat

PATHS = st.lists(st.tuples(st.lists(st.sampled_from("abc"), max_size=5), st.integers(1, 9)), max_size=12)


def made(paths: list[tuple[list[str], int]]) -> CallTree:
    tree = CallTree()
    for labels, count in paths:
        nodes = tree.way(labels)
        for node in nodes:
            tree.total[node] += count
        tree.own[nodes[-1]] += count
    return tree


@given(PATHS)
def test_each_way_leads_to_the_samples_that_begin_with_it(paths: list[tuple[list[str], int]]) -> None:
    root = Node(made(paths))
    assert root.total == sum(count for _, count in paths)
    for labels, _ in paths:
        node = root.at(labels)
        assert node is not None
        assert node.total == sum(count for other, count in paths if other[: len(labels)] == labels)
        assert node.own == sum(count for other, count in paths if other == labels)
    assert root.at("abcabc") is None
    totals = [node.total for node in root.ordered()]
    assert totals == sorted(totals, reverse=True)
    assert sum(totals) == root.total - root.own


@given(PATHS)
def test_functions_count_each_sample_once(paths: list[tuple[list[str], int]]) -> None:
    own, total = Counter[str](), Counter[str]()
    for labels, count in paths:
        own.update({labels[-1]: count} if labels else {})
        total.update(dict.fromkeys(labels, count))
    found = flat(made(paths))
    assert {one.label: one for one in found} == {name: Function(name, own[name], total[name]) for name in total}


@given(PATHS, st.sampled_from("abc"))
def test_samples_with_a_wanted_function_are_counted_once(paths: list[tuple[list[str], int]], wanted: str) -> None:
    tree = made(paths)
    matches = matching(Node(tree), parse(wanted))
    assert matches.samples == sum(count for labels, count in paths if wanted in labels)
    without = sum(count for labels, count in paths if labels and wanted not in labels)
    assert matching(Node(tree), parse(f"!{wanted}")).samples == without
    assert {tree.label(node) for node in matches.found} <= {wanted}
    assert matches.found <= matches.leading


def test_a_large_tree_costs_the_garbage_collector_nothing() -> None:
    gc.collect()
    before = len(gc.get_objects())
    tree = made([([f"f{at}", f"g{at}"], 1) for at in range(5000)])
    gc.collect()
    assert len(tree) == 10_001
    assert len(gc.get_objects()) - before < 100
