# SPDX-License-Identifier: GPL-2.0-or-later
"""Which lines of two versions belong together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vptop.ui.editor.alignment import Alignment, blocks

LINES = st.lists(st.sampled_from("abcdefgh"), max_size=20)


@given(LINES, LINES)
def test_blocks_are_equal_lines_in_order(old: list[str], new: list[str]) -> None:
    at = new_at = 0
    for one, other, size in blocks(old, new):
        assert size > 0
        assert one >= at
        assert other >= new_at
        assert old[one : one + size] == new[other : other + size]
        at, new_at = one + size, other + size


@given(LINES, LINES)
def test_where_lines_stand_now(old: list[str], new: list[str]) -> None:
    alignment = Alignment(old, new)
    same = {one + step: other + step for one, other, size in blocks(old, new) for step in range(size)}
    assert [alignment.now(line) for line in range(len(old))] == [same.get(line) for line in range(len(old))]
    assert {line for line in range(len(new)) if line in alignment} == set(same.values())


@given(LINES)
def test_equal_versions_are_one_block(lines: list[str]) -> None:
    assert list(blocks(lines, lines)) == ([(0, 0, len(lines))] if lines else [])


def test_lines_that_occur_once_are_anchors() -> None:
    assert list(blocks(list("xa-b-y"), list("za-q-b-w"))) == [(1, 1, 1), (2, 2, 1), (3, 5, 1), (4, 6, 1)]


def test_a_long_text_of_few_different_lines_takes_no_square_of_its_length() -> None:
    class Line(str):
        """Counts how often it is compared."""

        __slots__ = ()
        compared = 0

        def __eq__(self, other: object) -> bool:
            Line.compared += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    lines = [Line("end"), *(Line("(do") for _ in range(5000)), Line("begin")]
    other = ["start", *lines[1:-1], "close"]
    list(blocks(lines, other))
    assert Line.compared < 50 * len(lines)
