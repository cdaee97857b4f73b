# SPDX-License-Identifier: GPL-2.0-or-later
from engine.guest.symbols import Symbols
from vptop.model.stacks import Function, Namer

SYMBOLS = Symbols([(0x1000, "T", "main"), (0x2000, "T", "read_block"), (0x3000, "T", "wait_irq")])
ROWS = [
    (((), ("p", "GUEST_0x3010_0x2040_0x1050")), 6),
    (((), ("p", "GUEST_0x2080_0x1050")), 3),
    (((), ("p", "GUEST_0x1004_...")), 1),
]


def test_outer_calls_are_above_inner_ones_and_counts_add_up():
    stacks = Namer(SYMBOLS).tree(ROWS)
    assert stacks.root.total == 10
    assert stacks.cut == 1
    (process,) = stacks.root.ordered()
    (main,) = process.ordered()
    (read,) = main.ordered()
    (wait,) = read.ordered()
    assert [(n.label, n.total, n.own) for n in (process, main, read, wait)] == [
        ("p", 10, 0),
        ("main", 10, 1),
        ("read_block", 9, 3),
        ("wait_irq", 6, 6),
    ]


def test_inverted_begins_with_the_innermost():
    root = Namer(SYMBOLS).tree(ROWS, inverted=True).root
    assert [(node.label, node.total) for node in root.ordered()] == [("wait_irq", 6), ("read_block", 3), ("main", 1)]


def test_flat_counts_recursion_once():
    rows = [(((), ("GUEST_0x1010_0x1020_0x1030",)), 4)]
    assert Namer(SYMBOLS).tree(rows).functions == [Function("main", 4, 4)]


def test_functions_of_one_name_are_kept_apart_by_program_and_those_of_the_kernel_are_not():
    symbols = Symbols([(0x1000, "T", "churn"), (0xFFFF_FFFF_8000_0000, "T", "trap")])
    rows = [
        (((), ("cc1", "GUEST_0x1010")), 4),
        (((), ("tar", "GUEST_0x1010")), 3),
        (((), ("tar", "GUEST_0xffffffff80000010_0x1010")), 2),
        (((), ("cc1", "GUEST_0xffffffff80000010_0x1010")), 5),
    ]
    functions = Namer(symbols).tree(rows).functions
    assert [(one.shown, one.own, one.total) for one in functions] == [
        ("trap", 7, 7), ("churn [cc1]", 4, 9), ("churn [tar]", 3, 5), ("cc1", 0, 9), ("tar", 0, 5),
    ]  # fmt: skip


def test_addresses_without_symbols_stay_addresses():
    (node,) = Namer(Symbols()).tree([(((), ("GUEST_0xabc",)), 1)]).root.ordered()
    assert node.label == "0xabc"


def test_rows_without_samples_are_left_out():
    assert not Namer(SYMBOLS).tree([(((), ("GUEST_0x1000",)), 0)]).root.calls


def test_names_that_are_no_text_are_escaped():
    namer = Namer(Symbols([(0x1000, "T", "\x1b[2Jf\u202e"), (0x2000, "T", "[bold]漢")]))
    labels, _ = namer.labels(((), ("GUEST_0x1000_0x2001",)))
    assert labels == ["[bold]漢", "\\x1b[2Jf\\u202e"]
