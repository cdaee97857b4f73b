# SPDX-License-Identifier: GPL-2.0-or-later
"""Operators on unsigned 64-bit integers (manual, tables 2-6 to 2-9); results are masked by whoever applies them."""

from __future__ import annotations

from collections.abc import Callable

from tests.engine.vp.oracle.faults import Kind, RunTimeError


def _divide(a: int, b: int) -> int:
    if b == 0:
        raise RunTimeError(Kind.DIVIDE)
    return a // b


def _modulo(a: int, b: int) -> int:
    if b == 0:
        raise RunTimeError(Kind.DIVIDE)
    return a % b


BINARY: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divide,
    "%": _modulo,
    "<<": lambda a, b: a << b if b < 64 else 0,
    ">>": lambda a, b: a >> b if b < 64 else 0,
    "^": lambda a, b: a ^ b,
    "|": lambda a, b: a | b,
    "&": lambda a, b: a & b,
    ">": lambda a, b: int(a > b),
    "<": lambda a, b: int(a < b),
    ">=": lambda a, b: int(a >= b),
    "<=": lambda a, b: int(a <= b),
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
}
UNARY: dict[str, Callable[[int], int]] = {"-": lambda a: -a, "~": lambda a: ~a, "!": lambda a: int(a == 0)}
SYNONYMS = {
    "=": "==",
    "add": "+",
    "sub": "-",
    "mul": "*",
    "div": "/",
    "mod": "%",
    "lshift": "<<",
    "rshift": ">>",
    "xor": "^",
    "and": "&&",
    "or": "||",
    "not": "!",
}
"""Names of the operators in the manual's first edition, and `=` as this edition's samples write it."""
