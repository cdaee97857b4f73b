# SPDX-License-Identifier: GPL-2.0-or-later
from engine.guest.symbols import Symbols
from tests.vptop.ui.fakes import PALETTE
from vptop.model.flame import layout
from vptop.model.stacks import Namer
from vptop.ui.render.flame import described, level_row

SYMBOLS = Symbols([(0x1000, "T", "main"), (0x2000, "T", "read_block")])
ROWS = [(((), ("p\x1b[31m", "GUEST_0x2010_0x1010")), 3), (((), ("q", "GUEST_0x1010")), 1)]
STACKS = Namer(SYMBOLS).tree(ROWS)


def test_levels_fill_the_width_and_boxes_end_with_an_edge():
    rows = [level_row(level, STACKS, 24, PALETTE).text for level in layout(STACKS.root, (), 24)]
    assert rows == [
        "p·[31m           ▕q    ▕",
        "main             ▕main ▕",
        "read_block       ▕      ",
    ]


def test_a_function_keeps_its_colour():
    (_, level, _) = layout(STACKS.root, (), 24)
    styles = [segment.style for segment in level_row(level, STACKS, 24, PALETTE)]
    assert len(set(styles)) == 1


def test_what_is_searched_for_stands_out():
    (_, _, level) = layout(STACKS.root, (), 24)
    (first, *_) = level_row(level, STACKS, 24, PALETTE, wanted=lambda label: label == "read_block")
    assert first.style == PALETTE.alert


def test_changes_are_in_the_boxes():
    stacks = Namer(SYMBOLS).tree(ROWS, baseline=[(((), ("q", "GUEST_0x1010")), 1)])
    (level, *_) = layout(stacks.root, (), 24)
    assert level_row(level, stacks, 24, PALETTE).text.startswith("+75.0 p")
    assert "Δ +75.0 points" in described(level[0], stacks, stacks.root.total)


def test_a_box_in_words():
    (_, level, _) = layout(STACKS.root, ("p\x1b[31m",), 24)
    assert described(level[0], STACKS, 3) == "main · 3 samples · 75.0% · 100.0% of the zoom"
