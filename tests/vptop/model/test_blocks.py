# SPDX-License-Identifier: GPL-2.0-or-later
import pytest

from vptop.model.blocks import Abandoned, blocks


def test_blocks_cover_a_column_until_it_is_not_wanted() -> None:
    assert [*blocks(5, size=2)] == [slice(0, 2), slice(2, 4), slice(4, 5)]
    assert not [*blocks(0)]
    answers = iter((False, True))
    with pytest.raises(Abandoned):
        list(blocks(5, lambda: next(answers), 2))
