# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys by name, as a keyboard and as a terminal send them.

Text is typed as it stands; a key in angle brackets is one stroke: `ls<enter>`, `<f2>`, `<c-c>`, `<c-a-del>`. Prefixes
are `c-` (Ctrl), `a-` (Alt) and `s-` (Shift), before a name or a character; `<lt>` is the character `<`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple

from engine.errors import InputError


class KeysError(InputError):
    """A key that is unknown, or that a device has not. Correct the text, or type it at the other device."""


class Stroke(NamedTuple):
    """One key, pressed and let go."""

    key: str
    """a character, or a name of NAMED"""
    modifiers: frozenset[str] = frozenset()
    """of MODIFIERS, held meanwhile"""


class _Modifier(NamedTuple):
    name: str
    code: int
    weight: int
    """in xterm's parameter for modified keys, less one"""


class _Named(NamedTuple):
    codes: bytes
    """make code, of set 1"""
    terminal: bytes


MODIFIERS = {"c": _Modifier("Ctrl", 0x1D, 4), "a": _Modifier("Alt", 0x38, 2), "s": _Modifier("Shift", 0x2A, 1)}
_EXTENDED, _RELEASED = 0xE0, 0x80


def _cursor(code: int, final: bytes) -> _Named:
    """A key of the cursor block, and its control sequence."""
    return _Named(bytes([_EXTENDED, code]), b"\x1b[" + final)


NAMED = {
    "esc": _Named(b"\x01", b"\x1b"),
    "enter": _Named(b"\x1c", b"\r"),
    "tab": _Named(b"\x0f", b"\t"),
    "backspace": _Named(b"\x0e", b"\x7f"),
    "space": _Named(b"\x39", b" "),
    "up": _cursor(0x48, b"A"),
    "down": _cursor(0x50, b"B"),
    "right": _cursor(0x4D, b"C"),
    "left": _cursor(0x4B, b"D"),
    "home": _cursor(0x47, b"H"),
    "end": _cursor(0x4F, b"F"),
    "ins": _cursor(0x52, b"2~"),
    "del": _cursor(0x53, b"3~"),
    "pgup": _cursor(0x49, b"5~"),
    "pgdn": _cursor(0x51, b"6~"),
    "f1": _Named(b"\x3b", b"\x1bOP"),
    "f2": _Named(b"\x3c", b"\x1bOQ"),
    "f3": _Named(b"\x3d", b"\x1bOR"),
    "f4": _Named(b"\x3e", b"\x1bOS"),
    "f5": _Named(b"\x3f", b"\x1b[15~"),
    "f6": _Named(b"\x40", b"\x1b[17~"),
    "f7": _Named(b"\x41", b"\x1b[18~"),
    "f8": _Named(b"\x42", b"\x1b[19~"),
    "f9": _Named(b"\x43", b"\x1b[20~"),
    "f10": _Named(b"\x44", b"\x1b[21~"),
    "f11": _Named(b"\x57", b"\x1b[23~"),
    "f12": _Named(b"\x58", b"\x1b[24~"),
}
"""Scan codes: IBM PC/AT technical reference, "Keyboard"; control sequences: Xterm Control Sequences, "PC-Style Function
Keys"."""
_SAME = {"\r": "enter", "\n": "enter", "\t": "tab", "\x7f": "backspace", "\b": "backspace"}
"""Characters that are keys with a name."""
_PLAIN = "\0\x001234567890-=\0\0qwertyuiop[]\0\0asdfghjkl;'`\0\\zxcvbnm,./\0\0\0 "
_SHIFTED = '\0\0!@#$%^&*()_+\0\0QWERTYUIOP{}\0\0ASDFGHJKL:"~\0|ZXCVBNM<>?\0\0\0\0'
"""Characters of a US keyboard by scan code."""
_WORD = re.compile(r"<[^<>]*>?|[^<]", re.DOTALL)
_FUNCTION_KEY = re.compile(rb"\x1b(?:\[(\d*)|O)([A-Z~])")


def literal(text: str) -> str:
    """A text that types these characters."""
    return text.replace("<", "<lt>")


def strokes(text: str) -> list[Stroke]:
    """Read a text with keys by name.

    Raises:
        KeysError: what stands in angle brackets is no key.
    """
    return [read_stroke(word, place) for place, word in words(text)]


def words(text: str) -> Iterator[tuple[str, str]]:
    """The characters and the keys in angle brackets, before each its place as messages begin: `2:5: `."""
    line, start = 1, 0
    for found in _WORD.finditer(text):
        yield f"{line}:{found.start() - start + 1}: ", found[0]
        if found[0] == "\n":
            line, start = line + 1, found.end()


def read_stroke(word: str, place: str = "") -> Stroke:
    """One of them.

    Raises:
        KeysError: there is no such key; the message names the place.
    """
    if len(word) == 1 and word != "<":
        return Stroke(_SAME.get(word, word))
    name, modifiers = word[1:].removesuffix(">"), set()
    while name[1:2] == "-" and name[0].lower() in MODIFIERS and len(name) > 2:
        modifiers.add(name[0].lower())
        name = name[2:]
    key = "<" if name.lower() == "lt" else name if len(name) == 1 else name.lower()
    if word[-1] != ">" or (len(key) != 1 and key not in NAMED):
        close = get_close_matches(key, [*NAMED, "lt"], 1)
        hint = f"did you mean `<{close[0]}>`?" if close else "expected one such as `<enter>`, or `<lt>` for `<`"
        raise KeysError(f"{place}unknown key `{word}`; {hint}")
    return Stroke(key, frozenset(modifiers))


# --- a keyboard ------------------------------------------------------------------------------------------------------


def has_keys(typed: Iterable[Stroke]) -> bool:
    """Whether a US keyboard has a key for each."""
    return all(stroke.key in NAMED or (stroke.key != "\0" and stroke.key in _PLAIN + _SHIFTED) for stroke in typed)


def scan_codes(typed: Iterable[Stroke]) -> bytes:
    """Make and break codes of set 1.

    Raises:
        KeysError: there is no such key.
    """
    return b"".join(map(_key_codes, typed))


def _key_codes(stroke: Stroke) -> bytes:
    if not has_keys([stroke]):
        raise KeysError(f"no key of the keyboard types {stroke.key!r}; type it at the serial console")
    held = stroke.modifiers
    if stroke.key in NAMED:
        make = NAMED[stroke.key].codes
    elif stroke.key in _PLAIN:
        make = bytes([_PLAIN.index(stroke.key)])
    else:
        make, held = bytes([_SHIFTED.index(stroke.key)]), held | {"s"}
    codes = [MODIFIERS[name].code for name in MODIFIERS if name in held]
    release = make[:-1] + bytes([make[-1] | _RELEASED])
    return bytes(codes) + make + release + bytes(code | _RELEASED for code in reversed(codes))


# --- a terminal ------------------------------------------------------------------------------------------------------


def terminal_bytes(typed: Iterable[Stroke]) -> bytes:
    """What a terminal of the xterm family sends: modified keys as it does, Alt as an Escape before the key."""
    return b"".join(map(_terminal_bytes, typed))


def _terminal_bytes(stroke: Stroke) -> bytes:
    held = stroke.modifiers
    if stroke.key == "tab" and held == {"s"}:
        return b"\x1b[Z"
    plain = NAMED[stroke.key].terminal if stroke.key in NAMED else stroke.key.encode()
    function_key = _FUNCTION_KEY.fullmatch(plain)
    if function_key is not None:
        weight = 1 + sum(MODIFIERS[name].weight for name in held)
        number = function_key[1] or b"1"
        return b"\x1b[%b;%d%b" % (number, weight, function_key[2]) if held else plain
    if "s" in held and stroke.key in _PLAIN and stroke.key not in NAMED:
        plain = (_SHIFTED[_PLAIN.index(stroke.key)] if stroke.key != " " else " ").encode()
    if "c" in held and len(plain) == 1 and plain.upper()[0] in b"@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_ ":
        plain = bytes([plain[0] & 0x1F])
    return b"\x1b" + plain if "a" in held else plain
