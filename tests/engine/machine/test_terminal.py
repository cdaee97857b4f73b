# SPDX-License-Identifier: GPL-2.0-or-later
"""What a terminal replies, by ECMA-48 (8.3.14 CPR, 8.3.35 DSR) and DEC's manual of the VT100 (DECSC, DECRC, RIS)."""

from __future__ import annotations

import pytest

from engine.machine.terminal import Terminal

ASK = b"\x1b[6n"


def replies(shown: bytes) -> bytes:
    """Everything a terminal sends while these bytes are shown, one by one."""
    sent = bytearray()
    terminal = Terminal(sent.extend)
    for byte in shown:
        terminal.show(bytes([byte]))
    return bytes(sent)


@pytest.mark.parametrize(
    ("shown", "row", "column"),
    [
        (b"", 1, 1),
        (b"vptop:/root# ", 1, 14),
        (b"one\r\ntwo", 2, 4),
        (b"one\ntwo", 2, 7),
        (b"abc\b\b", 1, 2),
        (b"\b", 1, 1),
        (b"ab\tc", 1, 10),
        ("Grüße €".encode(), 1, 8),
        (b"a\0\x07b", 1, 3),
        (b"x" * 80, 1, 80),
        (b"x" * 81, 2, 2),
        (b"x" * 80 + b"\r", 1, 1),
        (b"x" * 80 + b"\b", 1, 79),
        (b"\t" * 30, 1, 80),
        (b"\n" * 99, 25, 1),
        (b"\x1b[1;32muser\x1b[0m$ ", 1, 7),
        (b"\x1b[5;7H", 5, 7),
        (b"\x1b[5;7f\x1b[H", 1, 1),
        (b"\x1b[3H", 3, 1),
        (b"\x1b[999;999H", 25, 80),
        (b"\x1b[5;7H\x1b[2A\x1b[3C", 3, 10),
        (b"\x1b[5;7H\x1b[B\x1b[D", 6, 6),
        (b"\x1b[9G", 1, 9),
        (b"\x1b[9d", 9, 1),
        (b"\x1b[5;7H\x1b7\x1b[H\x1b8", 5, 7),
        (b"\x1b[5;7H\x1bc", 1, 1),
        (b"\x1b]0;title\x07ab", 1, 3),
        (b"\x1b]0;title\x1b\\ab", 1, 3),
        (b"\x1b]" + b"t" * 999 + b"\x07ab", 1, 3),
        (b"\x1b(Bab", 1, 3),
        (b"\x1b[5\x18ab", 1, 3),
        (b"\x1b[5\x1b[2Cab", 1, 5),
        (b"\x1b[?25lab", 1, 3),
        (b"\x1b[?5Cab", 1, 3),
        (b"\x1b[2 qab", 1, 3),
        (b"\x1b[2Jab", 1, 3),
    ],
)
def test_where_the_cursor_is(shown: bytes, row: int, column: int) -> None:
    assert replies(shown + ASK) == b"\x1b[%d;%dR" % (row, column)


def test_its_status() -> None:
    assert replies(b"\x1b[5n") == b"\x1b[0n"


@pytest.mark.parametrize("request_", [b"\x1b[n", b"\x1b[7n", b"\x1b[?6n", b"\x1b[>6n", b"[6n", b"\x1b[6m"])
def test_no_reply_to_anything_else(request_: bytes) -> None:
    assert replies(request_) == b""
