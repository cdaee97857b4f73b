# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbols of the guest in names of probes: `GUEST:ENTER:handle_mm_fault`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest

from engine.vp.tables.probes import ADDRESS, PointRow

_SYMBOL = re.compile(r"[A-Za-z_.$][A-Za-z0-9_.$]*")
_ELSEWHERE = (".cold", ".part.")
"""Suffixes of parts that a compiler has moved out of a function: they are not the function."""
_ALIKE = 3
"""Characters that a name must share to be suggested."""


def symbols_in(row: PointRow, name: str) -> list[str]:
    """The symbols in a dynamic point's name, in the places of addresses."""
    return [part for part, is_symbol in _parts(row, name) if is_symbol]


def with_addresses(row: PointRow, name: str, addresses: Mapping[str, int]) -> str:
    """A dynamic point's name with the symbols that are known replaced by their addresses."""
    return ":".join([row.name, *(_written(part, addresses) if symbol else part for part, symbol in _parts(row, name))])


def _parts(row: PointRow, name: str) -> Iterator[tuple[str, bool]]:
    """What follows each colon, and whether it is a symbol."""
    parts = name[len(row.name) + 1 :].split(":")
    for part, number in zip_longest(parts, row.numbers[: len(parts)]):
        yield part, number == ADDRESS and _SYMBOL.fullmatch(part) is not None


def _written(symbol: str, addresses: Mapping[str, int]) -> str:
    address = address_of(symbol, addresses)
    return symbol if address is None else f"{address:#x}"


def address_of(name: str, addresses: Mapping[str, int]) -> int | None:
    """The address of a symbol; None when there is none.

    A compiler that makes a variant of a function names it with a suffix: `name.isra.0` or `name.constprop.0`. The only
    variant stands for a function that has no other copy.
    """
    if name in addresses:
        return addresses[name]
    found = [known for known in addresses if known.startswith(f"{name}.") and not any(s in known for s in _ELSEWHERE)]
    return addresses[found[0]] if len(found) == 1 else None


def alike(name: str, addresses: Iterable[str]) -> list[str]:
    """The symbols worth comparing with a misspelt one."""
    return [known for known in addresses if known[:_ALIKE] == name[:_ALIKE]]
