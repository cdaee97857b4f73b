# SPDX-License-Identifier: GPL-2.0-or-later
"""Members of structures, as Emmett declares them."""

from __future__ import annotations

from dataclasses import dataclass

_INTEGERS = {1: "char", 2: "short", 4: "int", 8: "long"}


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a structure: where it is, and how Emmett declares it (`%s` stands for its name)."""

    name: str
    offset: int
    form: str


def integer(size: int, count: int = 1) -> str:
    """How Emmett declares a number of that size, or an array of them; bytes where no type of that size exists."""
    if size not in _INTEGERS:
        return f"char %s[{size * count}]"
    return f"{_INTEGERS[size]} %s" + (f"[{count}]" if count > 1 else "")
