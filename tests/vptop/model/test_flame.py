# SPDX-License-Identifier: GPL-2.0-or-later
from engine.guest.symbols import Symbols
from vptop.model import flame
from vptop.model.filterexpr import parse
from vptop.model.stacks import Namer

SYMBOLS = Symbols([(0x1000, "T", "main"), (0x2000, "T", "read_block"), (0x3000, "T", "wait_irq")])
ROOT = (
    Namer(SYMBOLS)
    .tree(
        [
            (((), ("GUEST_0x3010_0x2040_0x1050",)), 6),
            (((), ("GUEST_0x2080_0x1050",)), 3),
            (((), ("GUEST_0x3010",)), 1),
        ]
    )
    .root
)


def boxes(zoom: flame.Path = (), width: int = 10) -> list[list[tuple[str, int, int, bool]]]:
    levels = flame.layout(ROOT, zoom, width)
    return [[(box.node.label, box.left, box.width, box.above) for box in level] for level in levels]


def test_callees_share_the_width_of_their_caller():
    assert boxes() == [
        [("main", 0, 9, False), ("wait_irq", 9, 1, False)],
        [("read_block", 0, 9, False)],
        [("wait_irq", 0, 6, False)],
    ]


def test_what_is_zoomed_to_and_its_callers_take_the_whole_width():
    assert boxes(("main", "read_block")) == [
        [("main", 0, 10, True)],
        [("read_block", 0, 10, False)],
        [("wait_irq", 0, 7, False)],
    ]


def test_boxes_narrower_than_a_cell_are_left_out():
    assert [label for label, *_ in boxes(width=4)[0]] == ["main"]


def test_boxes_are_found_by_cell_and_beside_each_other():
    (level, *_) = flame.layout(ROOT, (), 10)
    main, wait = level
    assert flame.at(level, 8) is main
    assert flame.at(level, 9) is wait
    assert flame.at(level, 10) is None
    assert flame.beside(level, main.path, 1) is wait
    assert flame.beside(level, main.path, -1) is None


def test_samples_that_match_are_counted_once_however_deep():
    assert flame.matching(ROOT, parse("main|wait_irq")).samples == 10
    assert flame.matching(ROOT, parse("!read_block")).samples == 1
    assert flame.matching(ROOT, parse("main !wait_irq")).samples == 3
    matches = flame.matching(ROOT, parse("read_block"))
    assert matches.samples == 9
    assert (len(matches.found), len(matches.leading)) == (1, 2)


def test_samples_are_the_stacks_that_the_tree_was_made_of():
    every = [(["main", "read_block", "wait_irq"], 6), (["main", "read_block"], 3), (["wait_irq"], 1)]
    assert sorted(flame.samples(ROOT)) == sorted(every)
    assert sorted(flame.samples(ROOT, zoom=("main", "read_block"))) == sorted(every[:2])
    assert sorted(flame.samples(ROOT, chosen=parse("wait_irq"))) == sorted([every[0], every[2]])
    assert sorted(flame.samples(ROOT, chosen=parse("wait_irq !main"))) == every[2:]
    assert sorted(flame.samples(ROOT, chosen=parse("!wait_irq"))) == every[1:2]
    assert [*flame.samples(ROOT, zoom=("gone",))] == []
    inverted = Namer(SYMBOLS).tree([(((), ("GUEST_0x3010_0x2040_0x1050",)), 6)], inverted=True).root
    assert [*flame.samples(inverted, inverted=True)] == every[:1]
