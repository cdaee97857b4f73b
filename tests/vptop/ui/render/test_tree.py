# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines of a call tree."""

from __future__ import annotations

from engine.guest.symbols import Symbols
from tests.vptop.ui.fakes import PALETTE
from vptop.model.filterexpr import parse
from vptop.model.flame import matching
from vptop.model.stacks import Namer
from vptop.ui.render import tree


def test_tree_lines():
    symbols = Symbols([(0x1000, "T", "main"), (0x2000, "T", "read_block")])
    stacks = Namer(symbols).tree([(((), ("p", "GUEST_0x2010_0x1010")), 3), (((), ("q", "GUEST_0x1010")), 1)])
    root = stacks.root
    lines = list(tree.visible(root, {}))
    assert [tree.tree_row(line, stacks, 60, PALETTE, cursor=False).text for line in lines] == [
        "  75.0% ███▊  ▼ p                                  ·       3",
        "  75.0% ███▊    ▼ main                             ·       3",
        "  75.0% ███▊        read_block                     3       3",
        "  25.0% █▎    ▼ q                                  ·       1",
        "  25.0% █▎        main                             1       1",
    ]
    closed = list(tree.visible(root, {("p",): False}))
    assert [line.path for line in closed] == [("p",), ("q",), ("q", "main")]
    assert tree.tree_row(closed[0], stacks, 60, PALETTE, cursor=False).text.startswith("  75.0% ███▊  ▶ p")


def test_a_filter_shows_what_matches_with_its_callers_and_callees():
    rows = [(((), ("p", "GUEST_0x2010_0x1010")), 3), (((), ("q", "GUEST_0x1010")), 1)]
    root = Namer(Symbols([(0x1000, "T", "main"), (0x2000, "T", "read_block")])).tree(rows).root

    def shown(text: str, opened: dict[tuple[str, ...], bool]) -> list[str]:
        return [line.path[-1] for line in tree.visible(root, opened, matching(root, parse(text)))]

    assert shown("read_block", {}) == ["p", "main", "read_block"]
    assert shown("re:^q$", {}) == ["q", "main"]
    assert shown("q", {("q",): False}) == ["q"]
    assert shown("nothing", {}) == []
    assert shown("!read_block", {}) == ["q", "main"]
    assert shown("!q", {}) == ["p", "main", "read_block"]
    assert shown("main !p", {}) == ["q", "main"]


def test_changes_against_a_baseline_are_in_percentage_points():
    rows = [(((), ("GUEST_0x2010",)), 3), (((), ("GUEST_0x1010",)), 1)]
    before = [(((), ("GUEST_0x2010",)), 1), (((), ("GUEST_0x1010",)), 1)]
    symbols = Symbols([(0x1000, "T", "main"), (0x2000, "T", "read_block")])
    stacks = Namer(symbols).tree(rows, baseline=before)
    lines = [tree.tree_row(line, stacks, 70, PALETTE, cursor=False).text for line in tree.visible(stacks.root, {})]
    assert [line.split()[-3] for line in lines] == ["+25.0", "-25.0"]
    assert tree.tree_header(70, PALETTE, inverted=False, compared=True).text.split()[-4:-2] == ["Δ", "POINTS"]
    (first, second) = stacks.functions
    assert tree.flat_row(first, stacks, 70, PALETTE, cursor=False).text.split()[:3] == ["75.0%", "75.0%", "read_block"]
    assert "-25.0" in tree.flat_row(second, stacks, 70, PALETTE, cursor=False).text
