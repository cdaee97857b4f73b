# SPDX-License-Identifier: GPL-2.0-or-later
"""Tokens after edits are those of the whole text read at once."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from engine.vp.diagnostics.source import SourceText
from engine.vp.editing.scanning import REACH, VP, Scanner, scan
from engine.vp.editing.tokens import Token, read

WORDS = (
    "(",
    ")",
    '"',
    "\n",
    " ",
    ";",
    "vprobe",
    "VMM1Hz",
    "logint",
    "12",
    "0x",
    "@VMK",
    "“",
    "\\",
    "\x01",
    '"a"',
    "x;y",
)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=30).map("".join)


def whole(text: str) -> tuple[Token, ...]:
    return tuple(each.token for each in read(SourceText("", text)))


@given(TEXTS, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5), TEXTS), max_size=6))
def test_after_every_edit(text: str, edits: list[tuple[int, int, str]]) -> None:
    """An edit puts a text in the place of some characters."""
    VP.forget()
    assert tuple(scan(text)) == whole(text)
    for at, length, put in edits:
        text = text[:at] + put + text[at + length :]
        assert tuple(scan(text)) == whole(text)


def test_an_edit_in_a_long_text_reads_little_again() -> None:
    lines = [f"(vprobe VMM1Hz (logint {at})) ; line {at}" for at in range(300)]
    before = scan("\n".join(lines))
    lines[150] = "\n" + lines[150]
    after = scan("\n".join(lines))
    assert all(one is other for one, other in zip(before[:1000], after[:1000], strict=True))
    assert [token.text for token in after] == [token.text for token in before]
    assert after[-1].line == before[-1].line + 1


def test_in_a_text_with_an_open_string_little_is_read_again() -> None:
    """The lines between the cursor and the string at the end are not."""
    lines = [f"(vprobe VMM1Hz (logint {at}))" for at in range(300)]
    lines[-1] += ' "open'
    before = scan("\n".join(lines))
    lines[100] += " "
    after = scan("\n".join(lines))
    assert tuple(after) == whole("\n".join(lines))
    assert after[2000] is before[2000]


def lines_around(line: str) -> str:
    rest = [f'(vprobe VMM1Hz (printf "at {at}"))' for at in range(1000)]
    return "\n".join([*rest[:500], line, *rest[500:]])


def test_while_a_string_is_typed_the_text_below_stays_what_it_was() -> None:
    """As far as it is not near: there the string that is not closed yet goes on."""
    typed = Scanner(read, REACH)
    before = scan(lines_around(""))
    typed.know(lines_around(""), before)
    opened = typed.scan(lines_around('"'))
    assert tuple(opened) != whole(lines_around('"'))
    assert tuple(opened)[:4000] == whole(lines_around('"'))[:4000]
    assert opened[-1] is before[-1]
    assert opened[-1].text == ")"
    words = '"(a ("'
    for end in range(2, len(words) + 1):
        last = typed.scan(lines_around(words[:end]))
    assert tuple(last) == whole(lines_around(words))


def test_tokens_that_were_read_elsewhere_are_taken() -> None:
    typed = Scanner(read, REACH)
    typed.scan(lines_around(""))
    text = lines_around('"')
    typed.scan(text)
    typed.know(text, scan(text))
    assert tuple(typed.scan(text)) == whole(text)
    assert tuple(typed.scan(lines_around('""')))[:4500] == whole(lines_around('""'))[:4500]


EDITS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5), TEXTS), max_size=6)


def edited(text: str, edit: tuple[int, int, str]) -> str:
    at, length, put = edit
    return text[:at] + put + text[at + length :]


def assert_in_order(tokens: Sequence[Token], text: str) -> None:
    """Each stands in the text, behind the one before it."""
    source, last = SourceText("", text), 0
    for token in tokens:
        start, end = source.offset(token.line, token.column), source.offset(token.end_line, token.end_column)
        assert last <= start < end
        assert text[start:end] == token.text
        last = end


@given(TEXTS, EDITS)
def test_with_a_short_reach_the_tokens_stand_in_the_text_and_are_exact_once_known(
    text: str, edits: list[tuple[int, int, str]]
) -> None:
    typed = Scanner(read, reach=5)
    typed.know(text, scan(text))
    for number, edit in enumerate(edits):
        text = edited(text, edit)
        assert_in_order(typed.scan(text), text)
        if number % 2:
            typed.know(text, scan(text))
            assert tuple(typed.scan(text)) == whole(text)


@given(TEXTS, EDITS)
def test_short_texts_are_read_to_their_end(text: str, edits: list[tuple[int, int, str]]) -> None:
    typed = Scanner(read, REACH)
    for edit in edits:
        text = edited(text, edit)
        assert tuple(typed.scan(text)) == whole(text)


def test_of_a_long_text_that_is_put_in_the_start_is_read() -> None:
    typed = Scanner(read, REACH)
    text = lines_around("")
    tokens = typed.scan(text)
    assert 500 < len(tokens) < 3000
    assert tuple(tokens) == whole(text)[: len(tokens)]
    typed.know(text, scan(text))
    twice = typed.scan(f"{text}\n{text}")
    assert tuple(twice)[: len(scan(text))] == whole(text)
