# SPDX-License-Identifier: GPL-2.0-or-later
"""Text that is not trusted."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from vptop.model.plain import clean, clean_columns, clean_lines


@given(st.text())
def test_no_control_or_format_character_survives(text):
    assert not {unicodedata.category(char) for char in clean(text)} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert len(clean(text)) == len(text)


def test_escape_sequences_become_visible_and_harmless():
    assert clean("\x1b[31mred\x07\u202e") == "·[31mred··"
    assert clean_lines("a\tb\r\nc") == ["a       b", "c"]


def test_characters_stay_in_their_columns() -> None:
    assert clean_columns("a\x1b\tb\u202e\x07c") == "a·\tb··c"
