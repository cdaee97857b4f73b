# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole columns of strings at once: where they begin, their order, their fingerprints."""

from __future__ import annotations

import os

import numpy as np
import numpy.typing as npt

from engine.probes.frame import AggregateData

WORD = 8
_SALT = np.frombuffer(os.urandom(8 * 256), np.uint64) | np.uint64(1)
"""Multipliers of fingerprints. They are random, so that no guest can choose keys whose fingerprints are equal."""


def starts(arena: bytes) -> npt.NDArray[np.int64]:
    """Where the strings of an arena begin, in order."""
    ends = np.flatnonzero(np.frombuffer(arena, np.uint8) == 0)
    return np.concatenate((np.zeros(min(1, len(ends)), np.int64), ends[:-1] + 1))


def _words(
    arena: bytes, places: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64], at: int
) -> npt.NDArray[np.uint64]:
    """Eight bytes of each string from `at` on as a big-endian number, zeros after its end."""
    padded = arena + bytes(2 * WORD)
    found = np.zeros(len(places), np.uint64)
    rest = np.clip(lengths - at, 0, WORD)
    begins = np.where(rest > 0, places + at, 0)
    for residue in range(WORD):
        here = np.flatnonzero(begins % WORD == residue)
        column = np.frombuffer(padded, ">u8", offset=residue, count=len(arena) // WORD + 1)
        found[here] = column[begins[here] // WORD]
    shift = ((WORD - rest) * 8).astype(np.uint64)
    kept = np.where(rest > 0, found >> np.minimum(shift, np.uint64(63)) << np.minimum(shift, np.uint64(63)), 0)
    return np.asarray(kept, np.uint64)


def ranks(arena: bytes, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The rank of each string in byte order (which is code point order in UTF-8); equal strings have equal ranks.

    Args:
        arena: NUL-terminated strings.
        places: where the strings begin.
    """
    lengths = _lengths(arena, places)
    rank = np.zeros(len(places), np.int64)
    open_, at = np.arange(len(places)), 0
    while len(open_):
        words = _words(arena, places[open_], lengths[open_], at)
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


def _lengths(arena: bytes, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    ends = np.flatnonzero(np.frombuffer(arena, np.uint8) == 0)
    return np.asarray(ends[np.searchsorted(ends, places)] - places, np.int64)


def fingerprints(data: AggregateData) -> npt.NDArray[np.uint64]:
    """A 64-bit number for the keys of each row: equal keys have equal ones, in this process."""
    found = np.full(data.rows, 1, np.uint64)
    if data.integer_keys:
        integers = np.frombuffer(data.integers, "<u8").reshape(-1, data.integer_keys)
        for column in range(data.integer_keys):
            found = _mixed(found * _SALT[column] + integers[:, column])
    if data.string_keys:
        offsets = np.frombuffer(data.strings, "<u4").reshape(-1, data.string_keys)
        places = starts(data.arena)
        hashes = np.zeros(len(data.arena), np.uint64)
        hashes[places] = _hashes(data.arena, places)
        for column in range(data.string_keys):
            found = _mixed(found * _SALT[128 + column] + hashes[offsets[:, column]])
    return np.asarray(found, np.uint64)


def _hashes(arena: bytes, places: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    lengths = _lengths(arena, places)
    found = lengths.astype(np.uint64) * _SALT[0]
    open_, at = np.arange(len(places)), 0
    while len(open_ := open_[lengths[open_] > at]):
        found[open_] = _mixed(found[open_] * _SALT[1] + _words(arena, places[open_], lengths[open_], at))
        at += WORD
    return np.asarray(found, np.uint64)


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Spread the bits of each number over all of it."""
    numbers = numbers ^ (numbers >> np.uint64(32))
    numbers = numbers * _SALT[2]
    return np.asarray(numbers ^ (numbers >> np.uint64(29)), np.uint64)
