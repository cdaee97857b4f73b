# SPDX-License-Identifier: GPL-2.0-or-later
"""A list of tokens is a sequence like any other, also after parts of it have moved."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vp.editing.token_list import CHUNK, TokenList, moved
from engine.vp.editing.tokens import Token, TokenKind

COUNT = 3 * CHUNK + 7


def words(count: int, line: int = 1) -> list[Token]:
    """One word in each of so many lines."""
    return [Token(TokenKind.NAME, f"w{at}", at, 1, at, 3) for at in range(line, line + count)]


@pytest.fixture
def spliced() -> tuple[TokenList, list[Token]]:
    """A list two of whose tokens were replaced by one that ends three lines further down, and what it holds."""
    tokens = words(COUNT)
    new = Token(TokenKind.STRING, '"a\n\n\n"', 701, 1, 704, 2)
    made = TokenList(tokens, range(COUNT)).spliced(700, TokenList([new], ["new"]), 702, 3)
    return made, [*tokens[:700], new, *(moved(token, 3) for token in tokens[702:])]


def test_every_way_to_read_it_gives_the_same(spliced: tuple[TokenList, list[Token]]) -> None:
    made, expected = spliced
    assert list(made) == expected
    assert [made[at] for at in range(len(made))] == expected
    assert made[-1] == expected[-1]
    assert made[695:705:3] == tuple(expected[695:705:3])
    for at in (0, 1, CHUNK, 701, len(expected)):
        assert list(made.onwards(at)) == expected[at:]
        assert list(made.backwards(at)) == expected[:at][::-1]


def test_states_stay_with_their_tokens(spliced: tuple[TokenList, list[Token]]) -> None:
    made, _ = spliced
    assert [made.state(at) for at in (0, 699, 700, 701, len(made) - 1)] == [0, 699, "new", 702, COUNT - 1]


def test_tokens_by_line(spliced: tuple[TokenList, list[Token]]) -> None:
    made, expected = spliced
    assert list(made.in_line(703)) == [expected[700]]
    assert list(made.in_line(705)) == []
    assert list(made.in_line(1000)) == [token for token in expected if token.line == 1000]
    assert made.before(701, 1) == 700
    assert made.before(701, 2) == 701
    assert made.ended(704, 2) == 700
    assert made.ended(704, 3) == 701
    assert made.ended(9999, 1) == len(expected)


def test_nothing_behind_the_last_part() -> None:
    assert list(TokenList(words(3)).spliced(1, TokenList(), 3, 0)) == words(1)
    assert list(TokenList().spliced(0, TokenList(words(2)), 0, 0)) == words(2)
    assert list(TokenList().backwards(0)) == list(TokenList().onwards(0)) == []


@given(st.lists(st.sampled_from(["(", ")", "(a)" * CHUNK, "a" * CHUNK]), max_size=5), st.integers(0), st.booleans())
def test_the_last_open_bracket_is_that_of_the_whole_text(parts: list[str], count: int, is_packed: bool) -> None:
    text = "".join(parts)
    kinds = (TokenKind.NAME if it == "a" else TokenKind.PAREN for it in text)
    tokens = [Token(kind, it, 1, at, 1, at + 1) for at, (kind, it) in enumerate(zip(kinds, text, strict=True))]
    count %= len(text) + 1
    waiting: list[Token] = []
    for token in tokens[:count]:
        if token.text == "(":
            waiting.append(token)
        elif token.text == ")":
            waiting[-1:] = []
    known = pickle.loads(pickle.dumps(TokenList(tokens))) if is_packed else TokenList(tokens)
    assert known.last_open(count) == (waiting[-1] if waiting else None)
