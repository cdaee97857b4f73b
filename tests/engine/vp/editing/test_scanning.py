# SPDX-License-Identifier: GPL-2.0-or-later
"""Tokens after edits are those of the whole text read at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.vp.diagnostics.source import SourceText
from engine.vp.editing.scanning import VP, scan
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
