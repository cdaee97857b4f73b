# SPDX-License-Identifier: GPL-2.0-or-later
"""Matches of a pattern."""

from __future__ import annotations

import pytest

from vptop.ui.editor.search import Match, PatternError, find


def test_a_text_is_no_expression_and_ignores_case_unless_it_has_upper_case() -> None:
    assert find("a.b A.B\nab", "a.b", "x") == [Match(0, 0, 3, "x"), Match(0, 4, 7, "x")]
    assert [match.start for match in find("a.b A.B", "A.B")] == [4]


def test_an_expression_has_groups() -> None:
    assert find("x = y1", r"re:([a-z])(\d)", r"\2\1") == [Match(0, 4, 6, "1y")]


def test_columns_count_characters() -> None:
    assert find("äöü(x)", "(x") == [Match(0, 3, 5, "")]


def test_an_empty_pattern_finds_nothing_and_neither_do_empty_matches() -> None:
    assert find("abc", "") == []
    assert find("abc", "re:") == []
    assert [(match.start, match.end) for match in find("abcc", "re:c*")] == [(2, 4)]


@pytest.mark.parametrize("pattern", ["re:(", "re:a{2000000}"])
def test_an_invalid_expression_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError, match="invalid pattern: "):
        find("a", pattern)


def test_a_group_that_is_not_there_is_refused() -> None:
    with pytest.raises(PatternError):
        find("a", "re:a", r"\3")


def test_patterns_run_in_linear_time() -> None:
    assert find("0" * 100_000, "re:(0+)+x$") == []
