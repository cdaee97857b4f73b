# SPDX-License-Identifier: GPL-2.0-or-later
import re

import pytest

from vptop.model.filterexpr import FilterError, parse

NUMBERS = {"count": 120.0, "avg": 5.0, "rate": 12.5}


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("", True),
        ("post", True),
        ("POST", True),
        ("timer", False),
        ("timer|post", True),
        ("!timer", True),
        ("!post", False),
        ("re:^p.*s$", True),
        ("re:^x", False),
        ("!re:^x", True),
        ("post cnt>100", True),
        ("post cnt>120", False),
        ("avg>=5 rate<20", True),
        ("cnt/s=12.5", True),
        ("cnt>0.1k", True),
        ("cnt<0.1k", False),
        ("a=b", False),
        ("proc~post", True),
        ("proc~timer|POST", True),
        ("!proc~post", False),
        ("avg>1ms", False),
        ("cnt!=120", False),
    ],
)
def test_filters(text, passes):
    assert parse(text)("postgres", NUMBERS) is passes


def test_a_comparison_in_a_unit_is_converted_to_that_of_the_values():
    assert parse("avg>2us").in_unit("ns")("", {"avg": 2001.0})
    assert not parse("avg>2us").in_unit("ns")("", {"avg": 2000.0})
    assert not parse("avg>1KiB").in_unit("ns")("", {"avg": 1e9})
    assert parse("avg>2m").in_unit("ns")("", {"avg": 2e6 + 1}), "a letter alone is a factor"


def test_a_malformed_pattern_is_told():
    with pytest.raises(FilterError, match=r"invalid pattern `\(`: missing \)"):
        parse("re:(")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cnt>", "`cnt>`: found ``, expected a number such as 1000 or 1.5k"),
        ("cnt>=1ms", "`cnt>=1ms`: found `1ms`, expected a number such as 1000 or 1.5k"),
        ("avg>=1parsec", "`avg>=1parsec`: found `1parsec`, expected a number such as 1000, 1.5k or 2ms"),
        ("coutn>5", "unknown column in `coutn>5`; did you mean `count`?"),
        ("!zzzz>5", "unknown column in `zzzz>5`; expected count, rate, avg, min"),
    ],
)
def test_a_comparison_without_number_or_column_is_told(text, message):
    with pytest.raises(FilterError, match=re.escape(message)):
        parse(text)


def test_no_pattern_takes_more_than_linear_time():
    """This one takes a backtracking matcher longer than the age of the universe."""
    assert not parse("re:(0+)+x$")("0" * 4000, {})


def test_the_empty_filter_is_false():
    assert not parse("  ")
    assert parse("x")
