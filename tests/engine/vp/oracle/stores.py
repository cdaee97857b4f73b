# SPDX-License-Identifier: GPL-2.0-or-later
"""Aggregates and bags (manual, pp. 12-14)."""

from __future__ import annotations

from dataclasses import dataclass, field

Key = tuple[tuple[int, ...], tuple[bytes, ...]]


@dataclass
class Row:
    """What an aggregate keeps for one set of keys; avg is the integer quotient."""

    count: int
    sum: int
    min: int
    max: int
    latest: int

    @property
    def avg(self) -> int:
        """The mean, rounded down."""
        return self.sum // self.count


def _keys(count: int, kind: str) -> str:
    return f"({count} {kind} key{'' if count == 1 else 's'})"


@dataclass
class Aggregate:
    """Rows by keys, in order of first insertion."""

    name: str
    integer_keys: int
    string_keys: int
    rows: dict[Key, Row] = field(default_factory=dict)

    def add(self, integers: tuple[int, ...], strings: tuple[bytes, ...], value: int) -> None:
        """Count one value under its keys."""
        row = self.rows.get((integers, strings))
        if row is None:
            self.rows[integers, strings] = Row(1, value, value, value, value)
            return
        row.count += 1
        row.sum += value
        row.min, row.max, row.latest = min(row.min, value), max(row.max, value), value

    def text(self) -> bytes:
        """The contents as `logaggr` writes them (manual, pp. 13 and 17); nothing when there are none."""
        if not self.rows:
            return b""
        lines = [
            f"aggr: {self.name} {_keys(self.integer_keys, 'integer')} {_keys(self.string_keys, 'string')}".encode()
        ]
        for (integers, strings), row in self.rows.items():
            keys = b",".join(
                [b"0x%x" % number for number in integers] + [b'"' + _in_quotes(text) + b'"' for text in strings]
            )
            numbers = f"avg {row.avg} count {row.count} min {row.min} max {row.max} latest {row.latest}".encode()
            lines.append(b"  " + self.name.encode() + b"[" + keys + b"] == " + numbers)
        return b"\n".join(lines) + b"\n"


def _in_quotes(text: bytes) -> bytes:
    """A key as C would write it in quotes; what is not UTF-8 is written as bytes, and controls from U+0080 as \\u."""
    named = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
    shown = []
    for char in text.decode("utf-8", "surrogateescape"):
        code = ord(char)
        if char in named:
            shown.append(named[char].encode())
        elif code < 0x20 or code == 0x7F or 0xDC80 <= code <= 0xDCFF:
            shown.append(b"\\x%02x" % (code & 0xFF))
        else:
            shown.append(b"\\u%04x" % code if 0x80 <= code < 0xA0 else char.encode())
    return b"".join(shown)


@dataclass
class Storage:
    """The bytes that all bags of a machine share (vprobe.bagBytes); a pair takes 16."""

    limit: int | None
    used: int = 0

    def take(self) -> bool:
        """Room for one more pair, if there is."""
        if self.limit is not None and self.used + 16 > self.limit:
            return False
        self.used += 16
        return True


@dataclass
class Bag:
    """Integer pairs; keys may be there more than once."""

    capacity: int
    storage: Storage
    pairs: list[tuple[int, int]] = field(default_factory=list)

    def insert(self, key: int, value: int) -> int:
        """1, or 0 when the bag is full."""
        if len(self.pairs) >= self.capacity or not self.storage.take():
            return 0
        self.pairs.append((key, value))
        return 1

    def remove(self, key: int) -> int:
        """The value of the newest pair with this key, which leaves the bag; 0 when there is none."""
        for index in reversed(range(len(self.pairs))):
            other, value = self.pairs[index]
            if other == key:
                del self.pairs[index]
                self.storage.used -= 16
                return value
        return 0
