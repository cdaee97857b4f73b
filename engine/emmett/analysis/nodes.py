# SPDX-License-Identifier: GPL-2.0-or-later
"""What Emmett becomes: expressions of VP, each with the place in Emmett that it stands for."""

from __future__ import annotations

from dataclasses import dataclass

from engine.emmett.syntax.location import Location

BITS = 64
MASK = (1 << BITS) - 1


@dataclass(frozen=True, slots=True)
class Number:
    """An integer from 0 to 2^64 - 1."""

    value: int
    at: Location


@dataclass(frozen=True, slots=True)
class Word:
    """A name of VP, or a string literal with its quotes."""

    text: str
    at: Location


@dataclass(frozen=True, slots=True)
class Form:
    """`(head part ...)`."""

    head: str
    parts: tuple[Node, ...]
    at: Location


@dataclass(frozen=True, slots=True)
class Cond:
    """`(cond (condition value) ...)`."""

    pairs: tuple[tuple[Node, Node], ...]
    at: Location


@dataclass(frozen=True, slots=True)
class Aggr:
    """`(aggr target (integers) (strings) value)`."""

    target: str
    integers: tuple[Node, ...]
    strings: tuple[Node, ...]
    value: Node
    at: Location


Node = Number | Word | Form | Cond | Aggr


def sequence(parts: list[Node], at: Location) -> Node:
    """Expressions one after the other; 1 when there are none, as the original compiler has it."""
    if not parts:
        return Number(1, at)
    return parts[0] if len(parts) == 1 else Form("do", tuple(parts), at)
