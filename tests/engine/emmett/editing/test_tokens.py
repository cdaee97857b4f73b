# SPDX-License-Identifier: GPL-2.0-or-later
"""The words of a text for highlighting."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.emmett.editing.tokens import EMMETT, read, scan
from engine.vp.diagnostics.source import SourceText
from engine.vp.editing.scanning import REACH, Scanner
from engine.vp.editing.token_list import start_of


def kinds(text: str) -> list[str]:
    return [f"{token.kind}:{token.text}" for token in scan(text)]


def test_words_have_kinds() -> None:
    assert kinds('GUEST:0x10 { x = RAX + curpid(); printf("a"); } // end') == [
        "probe:GUEST:0x10", "paren:{", "name:x", "builtin:=", "variable:RAX", "builtin:+", "builtin:curpid", "paren:(",
        "paren:)", "builtin:;", "builtin:printf", "paren:(", 'string:"a"', "paren:)", "builtin:;", "paren:}",
        "comment:// end",
    ]  # fmt: skip


def test_what_begins_at_top_level_is_a_probe_or_a_declaration() -> None:
    assert kinds("int x; VMM1Hz x++;")[:4] == ["keyword:int", "name:x", "builtin:;", "probe:VMM1Hz"]
    assert kinds("#define A 1\nVMM1Hz")[0:2] == ["keyword:#define A 1", "probe:VMM1Hz"]


def test_what_is_not_closed_is_an_error() -> None:
    assert kinds('"a') == ['error:"a']
    assert kinds("while")[0] == "error:while"
    assert kinds("/* a")[0] == "comment:/* a"


WORDS = (
    "{",
    "}",
    ";",
    "a",
    "GUEST",
    ":",
    "GUEST:1",
    "/*",
    "*/",
    "//",
    "#",
    "#include",
    '"',
    " ",
    "\n",
    "<",
    "-",
    "=",
    "1",
)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=30).map("".join)


@given(TEXTS, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5), TEXTS), max_size=6))
def test_tokens_after_edits_are_those_of_the_whole_text(text: str, edits: list[tuple[int, int, str]]) -> None:
    """An edit puts a text in the place of some characters."""
    EMMETT.forget()
    assert tuple(scan(text)) == tuple(each.token for each in read(SourceText("", text)))
    for at, length, put in edits:
        text = text[:at] + put + text[at + length :]
        assert tuple(scan(text)) == tuple(each.token for each in read(SourceText("", text)))


@given(TEXTS, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5), TEXTS), max_size=6))
def test_with_a_short_reach_the_tokens_are_exact_once_they_are_known(
    text: str, edits: list[tuple[int, int, str]]
) -> None:
    typed = Scanner(read, reach=5)
    typed.know(text, scan(text))
    for number, (at, length, put) in enumerate(edits):
        text = text[:at] + put + text[at + length :]
        tokens = typed.scan(text)
        assert list(tokens) == sorted(tokens, key=start_of)
        if number % 2:
            typed.know(text, scan(text))
            assert tuple(typed.scan(text)) == tuple(each.token for each in read(SourceText("", text)))


def test_a_comment_that_is_opened_is_read_as_far_as_a_screen_shows() -> None:
    lines = [f"VMM1Hz {{ logint({at}); }}" for at in range(1000)]
    typed = Scanner(read, REACH)
    before = scan("\n".join(lines))
    typed.know("\n".join(lines), before)
    for typing in ("/", "/*", "/* a", "/* a *", "/* a */"):
        tokens = typed.scan("\n".join([*lines[:500], typing, *lines[500:]]))
        assert tokens[-1] is before[-1] or tokens[-1].line == 1001
    assert [token.text for token in tokens] == [
        *(token.text for token in before[: before.before(501, 1)]),
        "/* a */",
        *(token.text for token in before[before.before(501, 1) :]),
    ]
