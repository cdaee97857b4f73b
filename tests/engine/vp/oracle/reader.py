# SPDX-License-Identifier: GPL-2.0-or-later
"""Text of a correct script to nested lists (manual, pp. 11-12). Wrong scripts are the compiler's business."""

from __future__ import annotations

import re

MASK = (1 << 64) - 1
"""Integers are unsigned 64-bit quantities (manual, p. 11)."""

ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"'}
"""Any other character after a backslash stands for itself (manual, p. 11)."""

_TOKEN = re.compile(
    r"""\s+|;[^\n]*|^@[^\n]*|(?P<open>\()|(?P<close>\))|"(?P<text>(?:[^"\\]|\\.)*)"|(?P<atom>[^\s()";]+)""",
    re.DOTALL | re.MULTILINE,
)
_INTEGER = re.compile(r"0[xX][0-9a-fA-F]+|[+-]?[0-9]+")


class Name(str):
    """A name: a variable, function, operator, probe point or keyword."""

    __slots__ = ()


class Call(list["Form"]):
    """A form in parentheses, and the line on which it begins."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


Form = Name | int | bytes | list["Form"]
"""What source text is made of; a string literal is its bytes."""


def _unescape(text: str) -> bytes:
    return re.sub(r"\\(.)", lambda match: ESCAPES.get(match[1], match[1]), text, flags=re.DOTALL).encode()


def _atom(text: str) -> Form:
    if not _INTEGER.fullmatch(text):
        return Name(text)
    return int(text, 16 if text[:2].lower() == "0x" else 10) & MASK


def read(source: str) -> list[Form]:
    """The top-level forms of a script.

    Raises:
        ValueError: parentheses do not match, or a string does not end.
    """
    stack: list[list[Form]] = [[]]
    position = 0
    while position < len(source):
        token = _TOKEN.match(source, position)
        if token is None:
            raise ValueError(f"cannot read the script at character {position}")
        position = token.end()
        if token["open"]:
            stack.append(Call(source.count("\n", 0, token.start()) + 1))
        elif token["close"]:
            done = stack.pop()
            stack[-1].append(done)
        elif token["text"] is not None:
            stack[-1].append(_unescape(token["text"]))
        elif token["atom"]:
            stack[-1].append(_atom(token["atom"]))
    if len(stack) != 1:
        raise ValueError("a parenthesis is not closed")
    return stack[0]
