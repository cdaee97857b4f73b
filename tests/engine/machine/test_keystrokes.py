# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys by name. Scan codes: IBM PC/AT technical reference; control sequences: Xterm Control Sequences."""

from __future__ import annotations

import re

import pytest

from engine.machine.keystrokes import KeysError, Stroke, has_keys, literal, scan_codes, strokes, terminal_bytes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("1", "02 82"),
        ("\n", "1c 9c"),
        ("\r", "1c 9c"),
        ("<enter>", "1c 9c"),
        ("\x7f", "0e 8e"),
        (" ", "39 b9"),
        ("A", "2a 1e 9e aa"),
        ("|", "2a 2b ab aa"),
        ("~", "2a 29 a9 aa"),
        ("<lt>", "2a 33 b3 aa"),
        ("<esc>", "01 81"),
        ("<f1>", "3b bb"),
        ("<f12>", "58 d8"),
        ("<up>", "e0 48 e0 c8"),
        ("<c-c>", "1d 2e ae 9d"),
        ("<a-f4>", "38 3e be b8"),
        ("<c-a-del>", "1d 38 e0 53 e0 d3 b8 9d"),
        ("<s-tab>", "2a 0f 8f aa"),
        ("<s-A>", "2a 1e 9e aa"),
        ("<c-->", "1d 0c 8c 9d"),
        ("ab", "1e 9e 30 b0"),
    ],
)
def test_scan_codes_of_set_1(text: str, codes: str) -> None:
    assert scan_codes(strokes(text)) == bytes.fromhex(codes)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("ls -l\n", b"ls -l\r"),
        ("<lt>x>", b"<x>"),
        ("\x7f<backspace>", b"\x7f\x7f"),
        ("é", "é".encode()),
        ("\x1b[A", b"\x1b[A"),
        ("<esc>", b"\x1b"),
        ("<up><down><right><left>", b"\x1b[A\x1b[B\x1b[C\x1b[D"),
        ("<home><end><ins><del><pgup><pgdn>", b"\x1b[H\x1b[F\x1b[2~\x1b[3~\x1b[5~\x1b[6~"),
        ("<f1><f4><f5><f12>", b"\x1bOP\x1bOS\x1b[15~\x1b[24~"),
        ("<c-c><C-c><c-[><c-space>", b"\x03\x03\x1b\0"),
        ("<a-x><a-enter>", b"\x1bx\x1b\r"),
        ("<c-a-del>", b"\x1b[3;7~"),
        ("<s-up><c-right><a-f1>", b"\x1b[1;2A\x1b[1;5C\x1b[1;3P"),
        ("<s-tab>", b"\x1b[Z"),
        ("<s-a><s-1>", b"A!"),
    ],
)
def test_what_a_terminal_sends(text: str, sent: bytes) -> None:
    assert terminal_bytes(strokes(text)) == sent


def test_names_are_read_without_regard_to_case() -> None:
    assert strokes("<Enter><C-A-Del>") == [Stroke("enter"), Stroke("del", frozenset("ca"))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a<entr>", "1:2: unknown key `<entr>`; did you mean `<enter>`?"),
        ("a\nbc<c-escape>", "2:3: unknown key `<c-escape>`; did you mean `<esc>`?"),
        ("<c-", "1:1: unknown key `<c-`; expected one such as `<enter>`, or `<lt>` for `<`"),
        ("a < b", "1:3: unknown key `< b`; expected one such as `<enter>`, or `<lt>` for `<`"),
        ("<>", "1:1: unknown key `<>`; expected one such as `<enter>`, or `<lt>` for `<`"),
    ],
)
def test_an_unknown_key_is_named_with_its_place(text: str, message: str) -> None:
    with pytest.raises(KeysError, match=f"^{re.escape(message)}$"):
        strokes(text)


@pytest.mark.parametrize(
    ("text", "there"), [("ps aux\r<f1>", True), ("Héllo", False), ("\x1b[A", False), ("\x03", False), ("\0", False)]
)
def test_which_keys_a_keyboard_has(text: str, there: bool) -> None:
    assert has_keys(strokes(text)) is there
    if not there:
        with pytest.raises(KeysError, match=r"no key of the keyboard types .*; type it at the serial console"):
            scan_codes(strokes(text))


@pytest.mark.parametrize("text", ["if (a < b) <enter>", "<c-c>", "<<lt>"])
def test_literal_text_is_typed_as_it_stands(text: str) -> None:
    assert terminal_bytes(strokes(literal(text))) == text.encode()
