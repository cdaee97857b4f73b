# SPDX-License-Identifier: GPL-2.0-or-later
"""Which picture fits an aggregate: by the script's own hint, by the probe that feeds it, by the shape of its keys."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from itertools import islice

from vptop.model.hints import ViewHint
from vptop.model.rows import Key

SAMPLE = 64
"""Rows looked at when guessing."""
VECTORS = 256
LATENCY_WORDS = ("lat", "usec", "_us", "_ns", "_ms", "hist", "bucket", "quant")


class Kind(StrEnum):
    """A picture of an aggregate; the values are the words of `as=` in a view hint."""

    TOP = "top"
    """interrupts per process: one vector (integer) and one name (string)"""
    HISTOGRAM = "hist"
    """buckets (first integer key), perhaps per something (strings, further integers)"""
    STACKS = "stacks"
    """a string key holds what gueststack gives"""
    TABLE = "table"


def is_stack(text: str) -> bool:
    """True for what VP's gueststack and curuserstack write."""
    return text.startswith("GUEST_")


def is_power_of_two(value: int) -> bool:
    """True for 1, 2, 4, ..."""
    return value > 0 and value & (value - 1) == 0


def guess(name: str, keys: Iterable[Key], hint: ViewHint, fed_by: frozenset[str]) -> Kind:
    """The picture for an aggregate with these rows."""
    if hint.kind in set(Kind):
        return Kind(hint.kind)
    sample = list(islice(keys, SAMPLE))
    if not sample:
        return Kind.TABLE
    integers, strings = sample[0]
    if any(is_stack(text) for _, texts in sample for text in texts):
        return Kind.STACKS
    if not integers:
        return Kind.TABLE
    first = {numbers[0] for numbers, _ in sample}
    if len(integers) == 1 and len(strings) == 1 and "Guest_IRQ" in fed_by:
        return Kind.TOP
    if _buckets(name, first):
        return Kind.HISTOGRAM
    if len(integers) == 1 and len(strings) == 1 and max(first) < VECTORS and not fed_by:
        return Kind.TOP
    return Kind.TABLE


def _buckets(name: str, keys: set[int]) -> bool:
    """True when integer keys look like the buckets of a histogram: powers of two (0 aside), by name or by number."""
    if not all(key == 0 or is_power_of_two(key) for key in keys):
        return False
    named = any(word in name.lower() for word in LATENCY_WORDS)
    return named or len(keys) >= 4
