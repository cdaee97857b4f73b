# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbol files: three formats of lines, and lines that are none."""

from __future__ import annotations

from engine.emmett.symbol_file import parse_symbols


def test_lines_of_three_formats_are_read() -> None:
    text = (
        "ffffffff81000000 T _text\n"
        "ffffffffc0001000 t helper\t[module]\n"
        "fffff800`01ce9133          nt!KiBugCheck\n"
        "80501a34 nt!NtClose (<no parameter info>)\n"
        "Loading symbols...\n"
        "\n"
        "0000000000001000 D twice\n"
        "0000000000002000 D twice\n"
    )
    assert parse_symbols(text) == {
        "_text": 0xFFFFFFFF81000000,
        "helper": 0xFFFFFFFFC0001000,
        "nt!KiBugCheck": 0xFFFFF80001CE9133,
        "nt!NtClose": 0x80501A34,
        "twice": 0x2000,
    }
