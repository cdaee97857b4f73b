# SPDX-License-Identifier: GPL-2.0-or-later
"""The symbol table inside a Linux kernel: the kallsyms tables, found in the kernel's bytes without any symbol.

`scripts/kallsyms.c` of Linux writes these tables into the kernel's read-only data, and `kernel/kallsyms.c` reads them:

* `kallsyms_num_syms`, a 32-bit number, and behind it `kallsyms_names`: each name as a length (one byte, or since 6.1
  two bytes of ULEB128 for more than 127) and that many indices into the token table; the first decoded character is
  the symbol's kind, a letter of nm.
* `kallsyms_markers`: the offset in `kallsyms_names` of every 256th name, 32 bits each.
* `kallsyms_token_table`: 256 strings, and `kallsyms_token_index`: the offset of each, 16 bits.
* the addresses: either `kallsyms_addresses`, 64 bits each, or `kallsyms_offsets`, 32 bits each, and
  `kallsyms_relative_base`, 64 bits.
* since 6.2 `kallsyms_seqs_of_names`, which is not needed here.

The addresses stand in front of `kallsyms_num_syms` up to 6.3, and behind `kallsyms_token_index` since 6.4. Each table
begins at a multiple of 8 bytes.
"""

from __future__ import annotations

import re
import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from engine.errors import VptopError

Buffer = bytes | bytearray | memoryview

TOKENS = 256
MARKER_INTERVAL = 256
"""Names from one marker to the next."""
SYMBOLS = 1 << 21
"""More symbols are not believed; a kernel with every driver built in has about 400,000."""
_WINDOW = 24 << 20
"""Bytes on each side of the token table that may hold the other tables."""
_DIGITS = re.compile(re.escape(b"".join(b"%d\0" % digit for digit in range(10))))
"""A character that occurs in names stands for itself in the token table, at the index of its code."""
_FIRST_DIGIT = ord("0")
_BLOCK = range(2 * MARKER_INTERVAL, 514 * MARKER_INTERVAL)
"""Bytes between two markers: names take 2 to 514."""
_CHECKED_MARKERS = 8
"""A kernel with fewer than 8 * 256 symbols is not believed."""
_KERNEL_HALF = 1 << 63


class KallsymsError(VptopError):
    """No kallsyms tables in these bytes, or ones that contradict each other. Name another file of symbols."""


@dataclass(frozen=True, slots=True)
class _Tokens:
    start: int
    end: int
    """end of kallsyms_token_index"""
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Names:
    start: int
    """offset of kallsyms_num_syms"""
    names: list[str]
    """the kind and the name of each symbol, in one string"""


def read(data: Buffer) -> list[tuple[int, str, str]]:
    """The symbols of a kernel as (address, kind, name), in the order of the tables.

    Args:
        data: a decompressed kernel image (vmlinux), or physical memory of a guest with the kernel in it. Addresses
            are as the tables have them: in an image those the kernel was linked for, in memory those it runs at.

    Raises:
        KallsymsError: there are no tables, or none that are consistent.
    """
    problem = "no kallsyms token table found: the kernel was built without CONFIG_KALLSYMS, or the image is cut off"
    for match in _DIGITS.finditer(data):
        low = max(0, match.start() - _WINDOW) & ~7
        window = bytes(data[low : match.start() + _WINDOW])
        tokens = _read_tokens(window, match.start() - low)
        if tokens is None:
            continue
        try:
            names = _read_names(window, tokens)
            addresses = _read_addresses(window, names, tokens)
        except KallsymsError as error:
            problem = str(error)
        else:
            return [(at, name[:1], name[1:]) for at, name in zip(addresses, names.names, strict=True)]
    raise KallsymsError(problem)


def _aligned(offset: int) -> int:
    return (offset + 7) & ~7


def _read_tokens(data: bytes, digit: int) -> _Tokens | None:
    """The token table in which the token `0` stands at an offset; None when it is no token table."""
    end = digit
    for _ in range(TOKENS - _FIRST_DIGIT):
        end = data.find(b"\0", end) + 1
        if not end:
            return None
    at = _aligned(end)
    if len(data) < at + 2 * TOKENS:
        return None
    index = struct.unpack_from(f"<{TOKENS}H", data, at)
    start = digit - index[_FIRST_DIGIT]
    ends = (*index[1:], end - start)
    if (
        start < 0
        or index[0]
        or any(low >= high or data[start + high - 1] for low, high in zip(index, ends, strict=True))
    ):
        return None
    texts = (data[start + low : start + high - 1] for low, high in zip(index, ends, strict=True))
    return _Tokens(start, at + 2 * TOKENS, tuple(text.decode("utf-8", "replace") for text in texts))


def _read_names(data: bytes, tokens: _Tokens) -> _Names:
    for markers_at, markers in _markers(data, tokens.start):
        last = markers_at - markers[-1]
        for start in range(last - last % 8, max(last - _BLOCK.stop, 8), -8):
            count = struct.unpack_from("<Q", data, start - 8)[0]
            if -(-count // MARKER_INTERVAL) != len(markers) or count > SYMBOLS:
                continue
            names = _expand(data[start:markers_at], count, markers, tokens.tokens)
            if names is not None:
                return _Names(start - 8, names)
    raise KallsymsError("no kallsyms names found that fit the token table")


def _markers(data: bytes, end: int) -> Iterator[tuple[int, array[int]]]:
    """What may be the markers in front of the token table, the nearest first."""
    at = data.rfind(b"\0\0\0\0", 0, end)
    while at >= 0:
        if at % 8 == 0 and at + 4 * _CHECKED_MARKERS <= end:
            first = struct.unpack_from(f"<{_CHECKED_MARKERS}I", data, at)
            if all(high - low in _BLOCK for low, high in pairwise(first)):
                yield at, _while_rising(_words("I", data[at : end - (end - at) % 4]))
        at = data.rfind(b"\0\0\0\0", 0, at + 3)


def _while_rising(markers: array[int]) -> array[int]:
    for index, (low, high) in enumerate(pairwise(markers)):
        if high - low not in _BLOCK:
            return markers[: index + 1]
    return markers


def _expand(data: bytes, count: int, markers: array[int], tokens: tuple[str, ...]) -> list[str] | None:
    """Decode the names; None when they do not agree with the markers."""
    names: list[str] = []
    token = tokens.__getitem__
    at = 0
    try:
        for index in range(count):
            if index % MARKER_INTERVAL == 0 and markers[index // MARKER_INTERVAL] != at:
                return None
            length = data[at]
            at += 1
            if length & 0x80:
                length = length & 0x7F | data[at] << 7
                at += 1
            names.append("".join(map(token, data[at : at + length])))
            at += length
    except IndexError:
        return None
    return names if at <= len(data) and all(len(name) > 1 for name in names) else None


def _read_addresses(data: bytes, names: _Names, tokens: _Tokens) -> list[int]:
    """The addresses, in whichever place and form they are."""
    count = len(names.names)
    offset_bytes, address_bytes = _aligned(4 * count), 8 * count
    behind, before = _aligned(tokens.end), names.start
    candidates = (
        _relative(data, behind, behind + offset_bytes, count),
        _relative(data, before - 8 - offset_bytes, before - 8, count),
        _absolute(data, behind, count),
        _absolute(data, before - address_bytes, count),
    )
    for addresses in candidates:
        if addresses is not None:
            return addresses
    raise KallsymsError(f"{count} kallsyms names found, but no addresses that fit them")


def _words(kind: str, data: bytes) -> array[int]:
    words = array(kind, data)
    if sys.byteorder == "big":
        words.byteswap()
    return words


def _relative(data: bytes, at: int, base_at: int, count: int) -> list[int] | None:
    """kallsyms_offsets and kallsyms_relative_base.

    With CONFIG_KALLSYMS_ABSOLUTE_PERCPU, as on x86-64 up to 6.14, an offset that is not negative is the address of a
    per-CPU variable, and of a negative one the address is the base - 1 - offset; else offsets are unsigned.
    """
    if at < 0 or base_at + 8 > len(data):
        return None
    base = struct.unpack_from("<Q", data, base_at)[0]
    if base < _KERNEL_HALF or base % 0x1000:
        return None
    offsets = _words("i", data[at : at + 4 * count])
    if sum(offset < 0 for offset in offsets) > count // 2:
        return _if_sorted([offset if offset >= 0 else base - 1 - offset for offset in offsets])
    return _if_sorted([base + (offset & 0xFFFFFFFF) for offset in offsets])


def _absolute(data: bytes, at: int, count: int) -> list[int] | None:
    """kallsyms_addresses."""
    if at < 0 or at + 8 * count > len(data):
        return None
    addresses = _if_sorted(list(_words("Q", data[at : at + 8 * count])))
    return addresses if addresses and addresses[-1] >= _KERNEL_HALF else None


def _if_sorted(addresses: list[int]) -> list[int] | None:
    """Addresses rise in the tables; what does not rise is something else."""
    return addresses if all(low <= high for low, high in pairwise(addresses)) else None
