# SPDX-License-Identifier: GPL-2.0-or-later
r"""One rule for showing text that may hold anything: strings of the guest, of scripts, of files.

A string is shown in characters that a terminal prints as they are. Everything else is escaped as in C and Python:
`\n`, `\t`, `\r`, `\x1b` for the other ASCII control characters and for bytes that are not UTF-8, `\u200b` and
`\U000e0001` for characters that are invisible or control the terminal, and `\\` for the backslash itself, so that
different strings never look the same. The core writes the keys of logged aggregates by the same rule
(src/vp/aggregate.c), except that it knows only the invisible characters up to U+009F.
"""

from __future__ import annotations

_NAMED = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
_INVALID = range(0xDC80, 0xDD00)
"""what Python's surrogateescape makes of bytes that are not UTF-8"""


def escape(value: bytes | str) -> str:
    """A string in printable characters; different strings have different results."""
    text = value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
    return printable(text.replace("\\", "\\\\"))


def quote(value: bytes | str) -> str:
    """A string in quotes; quotes within it are escaped too."""
    return quote_escaped(escape(value))


def quote_escaped(text: str) -> str:
    """A string that `escape` returned, in quotes."""
    return '"' + text.replace('"', '\\"') + '"'


def printable(text: str) -> str:
    """A text whose backslashes stand for themselves, such as a line of a script; only the rest is escaped."""
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(char: str) -> str:
    code = ord(char)
    if char.isprintable():
        return char
    if char in _NAMED:
        return _NAMED[char]
    if code < 0x80:
        return f"\\x{code:02x}"
    if code in _INVALID:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
