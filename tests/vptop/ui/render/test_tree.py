# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines of a call tree."""

from __future__ import annotations

from engine.guest.symbols import Symbols
from tests.vptop.ui.fakes import PALETTE
from vptop.model.stacks import Namer
from vptop.ui.render import tree


def test_tree_lines():
    symbols = Symbols([(0x1000, "T", "main"), (0x2000, "T", "read_block")])
    root = Namer(symbols).tree([(((), ("p", "GUEST_0x2010_0x1010")), 3), (((), ("q", "GUEST_0x1010")), 1)]).root
    lines = list(tree.visible(root, {}))
    assert [tree.tree_row(line, root.total, 60, PALETTE, cursor=False).text for line in lines] == [
        "  75.0% ███▊  ▼ p                                  ·       3",
        "  75.0% ███▊    ▼ main                             ·       3",
        "  75.0% ███▊        read_block                     3       3",
        "  25.0% █▎    ▼ q                                  ·       1",
        "  25.0% █▎        main                             1       1",
    ]
    closed = list(tree.visible(root, {("p",): False}))
    assert [line.path for line in closed] == [("p",), ("q",), ("q", "main")]
    assert tree.tree_row(closed[0], root.total, 60, PALETTE, cursor=False).text.startswith("  75.0% ███▊  ▶ p")
