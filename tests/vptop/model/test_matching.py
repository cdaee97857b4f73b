# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys matched many at once are those that match one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text import escape
from vptop.model.arena import starts
from vptop.model.blocks import Abandoned, never
from vptop.model.filterexpr import Pattern, Words, parse
from vptop.model.matching import numbers_match, strings_match

STRINGS = [b"", b"sshd", b"SSHD: worker", b"k\\n", b"k\n", b"\xff", "größe".encode(), b"xff"]


def matched(text: str) -> Words | Pattern:
    (term,) = parse(text).terms
    assert isinstance(term.test, Words | Pattern)
    return term.test


@given(st.lists(st.sampled_from(STRINGS), unique=True, min_size=1))
@pytest.mark.parametrize("text", ["sshd", "hd|xff", "n", "\\n", "ö", "re:^k", "re:^$", "GRÖSSE|größe", "|"])
def test_strings_match_as_they_are_shown(text: str, strings: list[bytes]) -> None:
    arena, test = b"".join(string + b"\0" for string in strings), matched(text)
    found = strings_match(arena, starts(arena), None, test, never)
    assert found.tolist() == [test.matches(escape(string)) for string in strings]
    some = strings_match(arena, starts(arena)[::2], None, test, never)
    assert some.tolist() == found.tolist()[::2], "whatever is between them"
    shown = strings_match(arena, starts(arena), lambda text: f"<{text}>", matched("<sshd>"), never)
    assert shown.tolist() == [string.lower() == b"sshd" for string in strings]


def test_numbers_match_as_they_are_shown() -> None:
    column = np.array([16, 255, 16, 1], np.uint64)
    assert numbers_match(column, hex, matched("0x1"), never).tolist() == [True, False, True, True]
    with pytest.raises(Abandoned):
        numbers_match(column, hex, matched("0x1"), lambda: True)
