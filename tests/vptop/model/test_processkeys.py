# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys that tell processes apart, by the names that a view hint gives them."""

from __future__ import annotations

import pytest

from tests.vptop.ui.fakes import aggregate, ones
from vptop.model.filterexpr import Words
from vptop.model.hints import KeyHint, ViewHint
from vptop.model.processkeys import ProcessKeys, looked_into, process_keys

THREE = aggregate([ones((32, 93, 80), ("read", "sh"), 1)])


@pytest.mark.parametrize(
    ("labels", "keys"),
    [
        ("", ProcessKeys(3)),
        ("irq process", ProcessKeys(3)),
        ("irq PID parent call process", ProcessKeys(4, 1, 2)),
        ("irq parent pid process", ProcessKeys(3, 2, 1)),
        ("irq parent rip process", ProcessKeys(3)),
        ("pid irq parent", ProcessKeys(3)),
        ("irq rip rip pid parent", ProcessKeys(3)),
    ],
)
def test_they_are_behind_the_vector(labels: str, keys: ProcessKeys) -> None:
    assert process_keys(ViewHint(keys=tuple(map(KeyHint, labels.split()))), THREE, first=1) == keys


def test_other_aggregates_may_begin_with_a_number_or_have_no_name() -> None:
    assert process_keys(ViewHint(keys=(KeyHint("pid"),)), THREE) == ProcessKeys(3, 0)
    assert process_keys(ViewHint(), aggregate([ones((1,), (), 1)])) is None


@pytest.mark.parametrize(
    ("column", "into"), [("", (True, True)), ("proc", (True, False)), ("pid", (False, True)), ("p", (True, True))]
)
def test_a_word_may_be_about_one_of_the_columns(column: str, into: tuple[bool, bool]) -> None:
    assert looked_into(Words(("sh",), column)) == into
