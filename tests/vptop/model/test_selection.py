# SPDX-License-Identifier: GPL-2.0-or-later
import random
from itertools import pairwise

import pytest

from engine.probes.frame import Row
from tests.vptop.ui.fakes import aggregate, which
from vptop.model.blocks import Abandoned
from vptop.model.filterexpr import comparison, parse
from vptop.model.rows import Measured
from vptop.model.selection import KeyTexts, Query, Selector, count_of

RANDOM = random.Random(7)
NAMES = ["swapper", "kworker/0", "Xorg", "post gres", "über", "a\\b", "x\x1b[m", ""]
ROWS = [
    Row(
        (at, RANDOM.randrange(40)),
        (NAMES[at % 8], f"n{at % 5}"),
        RANDOM.randrange(1, 30),
        RANDOM.randrange(1 << 20),
        1,
        9,
        3,
    )
    for at in range(300)
]
TEXTS = KeyTexts([str, "{:#x}".format], [None, str.upper])


def measured(rows: list[Row], before: list[Row] | None = None) -> Measured:
    return Measured(which("a"), aggregate(rows), aggregate(before) if before is not None else None, 2.0)


def test_a_word_for_a_column_is_looked_for_in_the_columns_whose_titles_begin_so() -> None:
    rows = [Row((at,), (name, "swapper"), 1, 1, 1, 1, 1) for at, name in enumerate(("swapper", "xorg", "post"))]
    selector = Selector(KeyTexts([str], [None, None], ["IRQ", "PROCESS", "PARENT"]))

    def found(text: str) -> list[int]:
        return list(map(int, selector.select(measured(rows), Query(parse(text)))))

    assert found("swapper") == [0, 1, 2]
    assert found("proc~swapper") == [0]
    assert found("!proc~swapper|post") == [1]
    assert found("p~post") == [2]
    assert found("irq~1") == [1]
    assert found("nothing~swapper") == []


def test_a_number_in_a_unit_compares_with_no_values_of_another_kind() -> None:
    assert Selector(TEXTS).select(measured(ROWS), Query(parse("avg>=0ms"))).tolist() == []


@pytest.mark.parametrize(
    "text",
    [
        "swap",
        "SWAP|xorg",
        "!kworker",
        "re:^n[0-3]$",
        "!re:o",
        "cnt>10",
        "avg<=5000 cnt!=3",
        "rate>=5 0x1",
        "\\",
        "ü",
        "own>1",
    ],
)
def test_a_filter_on_columns_is_that_filter_on_each_row(text: str) -> None:
    """Searched are the keys as they are shown."""
    one, query = measured(ROWS), parse(text)
    found = Selector(TEXTS).select(one, Query(query)).tolist()

    def passes(at: int) -> bool:
        row = one[at]
        numbers = {"count": row.count, "avg": row.avg, "min": row.min, "max": row.max, "rate": row.rate}
        (first, second), (name, other) = row.key
        texts = (str(first), f"{second:#x}", name, other.upper())
        for term in query.terms:
            positive = type(term)(term.test)
            if any(positive(shown, numbers) for shown in texts) is term.negated:
                return False
        return True

    assert found == [at for at in range(len(ROWS)) if passes(at)]


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("column", ["count", "avg", "rate", "key0", "key1", "key2", "key3"])
def test_orders(column: str, descending: bool) -> None:
    one = measured(ROWS)
    found = Selector(TEXTS).select(one, Query(column=column, descending=descending)).tolist()

    def value(at: int) -> object:
        row = one[at]
        return (
            [*row.key[0], *map(str.encode, row.key[1])][int(column[3])] if column[:3] == "key" else getattr(row, column)
        )

    assert sorted(found) == list(range(len(ROWS)))
    for a, b in pairwise(found):
        if value(a) == value(b):
            assert a < b, "equal rows stay in order of insertion"
        else:
            assert (value(a) > value(b)) is descending  # type: ignore[operator]


def test_numbers_of_64_bits_are_in_order() -> None:
    rows = [Row((at,), (), 1, value, value, value, value) for at, value in enumerate([2**64 - 1, 0, 2**63, 2**64 - 2])]
    assert Selector().select(measured(rows), Query(column="max")).tolist() == [0, 3, 2, 1]
    assert Selector().select(measured(rows), Query(column="max", descending=False)).tolist() == [1, 2, 3, 0]


def test_keys_that_were_matched_are_not_matched_again() -> None:
    asked: list[int] = []

    def shown(number: int) -> str:
        asked.append(number)
        return str(number)

    selector, rows = Selector(KeyTexts([shown])), [Row((at,), (), 1, 1, 1, 1, 1) for at in range(30)]
    query = Query(parse("2"))
    first = measured(rows[:20])
    assert len(selector.select(first, query)) == 2
    later = Measured(first.aggregate, aggregate(rows), first.data, 1.0)
    assert len(selector.select(later, query)) == 11 + 1
    assert asked == list(range(30))


def test_a_selection_that_is_not_wanted_any_more_ends() -> None:
    with pytest.raises(Abandoned):
        Selector(TEXTS).select(measured(ROWS), Query(parse("a")), lambda: True)


def test_rows_are_counted_for_which_a_comparison_holds() -> None:
    found = measured(ROWS)
    tests = [test for test in map(comparison, ("cnt>20", "avg<1000")) if test]
    assert count_of(found, tests) == sum(row.count > 20 or row.avg < 1000 for row in ROWS)
    assert count_of(found, []) == 0
