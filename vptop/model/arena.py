# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole columns of strings at once: where they begin, their order, their fingerprints."""

from __future__ import annotations

import os
from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from engine.probes.frame import AggregateData
from vptop.model.blocks import blocks
from vptop.model.columns import integers_of, offsets_of

Places = npt.NDArray[np.uint32]
"""Offsets of strings in an arena."""
Hashes = npt.NDArray[np.uint64]
Lengths = npt.NDArray[np.int64]

WORD = 8
_SALT = np.frombuffer(os.urandom(8 * 256), np.uint64) | np.uint64(1)
"""Multipliers of fingerprints. They are random, so that no guest can choose keys whose fingerprints are equal."""


def starts(arena: bytes) -> Places:
    """Where the strings of an arena begin, in order."""
    ends = _ends(arena)
    return np.concatenate((np.zeros(min(1, len(ends)), np.uint32), ends[:-1] + np.uint32(1)))


def used(arena: bytes, places: Places) -> Places:
    """The different ones among these places, in order."""
    here = np.zeros(len(arena), bool)
    for block in blocks(len(places)):
        here[places[block]] = True
    return np.flatnonzero(here).astype(np.uint32)


def ends_of(arena: bytes, places: Places) -> Places:
    """Where the strings at these places end."""
    ends = _ends(arena)
    return np.asarray(ends[np.searchsorted(ends, places)])


def _ends(arena: bytes) -> Places:
    return np.flatnonzero(np.frombuffer(arena, np.uint8) == 0).astype(np.uint32)


def _padded(arena: bytes) -> bytes:
    """With room behind the last string for whole words."""
    return arena + bytes(2 * WORD)


def _words(padded: bytes, places: Places, lengths: Lengths, at: int) -> Hashes:
    """Eight bytes of each string from `at` on as a big-endian number, zeros after its end."""
    found = np.zeros(len(places), np.uint64)
    rest = np.clip(lengths - at, 0, WORD)
    begins = np.where(rest > 0, places.astype(np.int64) + at, 0)
    for residue in range(WORD):
        here = np.flatnonzero(begins % WORD == residue)
        column = np.frombuffer(padded, ">u8", offset=residue, count=len(padded) // WORD - 1)
        found[here] = column[begins[here] // WORD]
    shift = ((WORD - rest) * 8).astype(np.uint64)
    kept = np.where(rest > 0, found >> np.minimum(shift, np.uint64(63)) << np.minimum(shift, np.uint64(63)), 0)
    return np.asarray(kept, np.uint64)


def ranks(arena: bytes, places: Places) -> Places:
    """The rank of each string in byte order (which is code point order in UTF-8); equal strings have equal ranks.

    Args:
        arena: NUL-terminated strings.
        places: where the strings begin.
    """
    distinct = used(arena, places)
    rank = _ranks(arena, distinct)
    found = np.empty(len(places), np.uint32)
    for block in blocks(len(places)):
        found[block] = rank[np.searchsorted(distinct, places[block])]
    return found


def _ranks(arena: bytes, places: Places) -> npt.NDArray[np.int64]:
    padded, lengths = _padded(arena), _lengths(arena, places)
    rank = np.zeros(len(places), np.int64)
    open_, at = np.arange(len(places)), 0
    while len(open_):
        words = _words(padded, places[open_], lengths[open_], at)
        order = np.lexsort((words, rank[open_]))
        sorted_ranks, sorted_words = rank[open_][order], words[order]
        first_of_rank = np.r_[True, sorted_ranks[1:] != sorted_ranks[:-1]]
        changed = first_of_rank | np.r_[True, sorted_words[1:] != sorted_words[:-1]]
        position = np.arange(len(order))
        group = np.maximum.accumulate(np.where(first_of_rank, position, 0))
        step = np.maximum.accumulate(np.where(changed, position, 0))
        rank[open_[order]] = sorted_ranks + step - group
        sizes = np.diff(np.r_[np.flatnonzero(changed), len(order)])
        shared = np.repeat(sizes > 1, sizes)
        at += WORD
        open_ = open_[order[shared & (sorted_words != 0)]]  # strings that have ended are equal
    return rank


def _lengths(arena: bytes, places: Places) -> Lengths:
    return ends_of(arena, places).astype(np.int64) - places


class Fingerprints:
    """A 64-bit number for some keys of each row: equal keys have equal ones, in this process."""

    def __init__(self, data: AggregateData, keys: Collection[int] | None = None) -> None:
        """Get ready.

        Args:
            data: the rows.
            keys: columns, integers first; None: all.
        """
        every = range(data.integer_keys + data.string_keys)
        chosen = every if keys is None else [key for key in every if key in keys]
        self._rows = data.rows
        self._integer_keys, self._offsets = integers_of(data), offsets_of(data)
        self._integers = [key for key in chosen if key < data.integer_keys]
        self._strings = [key - data.integer_keys for key in chosen if key >= data.integer_keys]
        self._places = starts(data.arena) if self._strings else np.zeros(0, np.uint32)
        self._hashes = hashes(data.arena, self._places)

    def of(self, rows: slice) -> Hashes:
        """Those of some rows."""
        found = np.full(rows.stop - rows.start, 1, np.uint64)
        for column in self._integers:
            found = _mixed(found * _SALT[column] + self._integer_keys[rows, column])
        for column in self._strings:
            hashes_here = self._hashes[np.searchsorted(self._places, self._offsets[rows, column])]
            found = _mixed(found * _SALT[128 + column] + hashes_here)
        return np.asarray(found, np.uint64)

    def all(self) -> Hashes:
        """Those of all rows."""
        found = np.empty(self._rows, np.uint64)
        for block in blocks(self._rows):
            found[block] = self.of(block)
        return found


def hashes(arena: bytes, places: Places) -> Hashes:
    """A 64-bit number for each string: equal strings have equal ones, in this process."""
    padded, lengths = _padded(arena), _lengths(arena, places)
    found = np.empty(len(places), np.uint64)
    for block in blocks(len(places)):
        found[block] = _hashes(padded, places[block], lengths[block])
    return found


def _hashes(padded: bytes, places: Places, lengths: Lengths) -> Hashes:
    found = lengths.astype(np.uint64) * _SALT[0]
    open_, at = np.arange(len(places)), 0
    while len(open_ := open_[lengths[open_] > at]):
        found[open_] = _mixed(found[open_] * _SALT[1] + _words(padded, places[open_], lengths[open_], at))
        at += WORD
    return np.asarray(found, np.uint64)


def _mixed(numbers: Hashes) -> Hashes:
    """Spread the bits of each number over all of it."""
    numbers = numbers ^ (numbers >> np.uint64(32))
    numbers = numbers * _SALT[2]
    return np.asarray(numbers ^ (numbers >> np.uint64(29)), np.uint64)
