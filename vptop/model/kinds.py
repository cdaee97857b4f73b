# SPDX-License-Identifier: GPL-2.0-or-later
"""Which picture fits an aggregate: by the script's own hint, by the probe that feeds it, by the shape of its keys."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from itertools import islice
from math import gcd

import numpy as np

from vptop.model.hints import ViewHint
from vptop.model.histogram import STEPS, is_step
from vptop.model.rows import Key, Measured

SAMPLE = 64
"""Rows looked at when guessing."""
VECTORS = 256
LATENCY_WORDS = ("lat", "usec", "_us", "_ns", "_ms")
BUCKET_WORDS = ("hist", "bucket", "quant", "distribution")
LEAST_KEYS = 4
"""Distinct keys that tell something by their number."""
NAMED_ZEROS, ZEROS = 4, 24
"""Zero bits in the keys that make log-linear buckets of them, with and without a name that says so."""
SPARSE = 4
"""Buckets to a key from which on evenly spaced keys do not look like buckets."""


class Kind(StrEnum):
    """A picture of an aggregate; the values are the words of `as=` in a view hint."""

    TOP = "top"
    """interrupts per process: one vector (integer) and one name (string)"""
    HISTOGRAM = "hist"
    """buckets (first integer key), perhaps per something (strings, further integers)"""
    STACKS = "stacks"
    """a string key holds what gueststack gives"""
    TABLE = "table"


VECTOR_WORDS = ("irq", "vector")
"""Names of keys that are vectors of interrupts."""
NEEDED = {Kind.TOP: (1, 1), Kind.HISTOGRAM: (1, 0), Kind.STACKS: (0, 1), Kind.TABLE: (0, 0)}
"""Integer and string keys without which there is no such picture."""


STACK = "GUEST_"
"""How a stack begins, as VP's gueststack and curuserstack write it."""


def is_stack(text: str) -> bool:
    """True for what these write."""
    return text.startswith(STACK)


def stack_columns(measured: Measured) -> frozenset[int]:
    """Which of its string keys, the first being 0, hold stacks in the first rows."""
    arena, begin = measured.data.arena, STACK.encode()
    places = [np.unique(measured.offsets[:SAMPLE, column]).tolist() for column in range(measured.data.string_keys)]
    return frozenset(
        column for column, found in enumerate(places) if any(arena.startswith(begin, place) for place in found)
    )


def guess(name: str, shape: tuple[int, int], keys: Iterable[Key], hint: ViewHint, fed_by: frozenset[str]) -> Kind:
    """The picture for an aggregate with so many integer and string keys, and these rows."""
    if hint.kind in set(Kind):
        kind = Kind(hint.kind)
        fits = all(has >= needed for has, needed in zip(shape, NEEDED[kind], strict=True))
        return kind if fits and (kind is not Kind.TOP or _by_vector(hint, fed_by)) else Kind.TABLE
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


def _by_vector(hint: ViewHint, fed_by: frozenset[str]) -> bool:
    """False where the first integer key is no vector: another probe feeds it, and its name says something else."""
    return not fed_by or "Guest_IRQ" in fed_by or any(key.label.lower() in VECTOR_WORDS for key in hint.keys[:1])


def _buckets(name: str, keys: set[int]) -> bool:
    """True when integer keys look like the lower ends of a histogram's buckets.

    Powers of two do by name or by number. Log-linear buckets do when so many random numbers would hardly all be such
    ends: each counts for the bits of it that must be zero. Evenly spaced ones do by name alone.
    """
    lowered = name.lower()
    named = any(word in lowered for word in (*LATENCY_WORDS, *BUCKET_WORDS))
    if all(is_step(key, 1) for key in keys):
        return named or len(keys) >= LEAST_KEYS
    for steps in STEPS:
        if all(is_step(key, steps) for key in keys):
            zeros = sum(max(0, key.bit_length() - steps.bit_length()) for key in keys)
            return zeros >= (NAMED_ZEROS if named else ZEROS)
    return len(keys) >= LEAST_KEYS and any(word in lowered for word in BUCKET_WORDS) and _evenly_spaced(keys)


def _evenly_spaced(keys: set[int]) -> bool:
    """True for multiples of a width that fill a good part of their range."""
    width = gcd(*keys)
    return (max(keys) - min(keys)) // width < SPARSE * len(keys)
