# SPDX-License-Identifier: GPL-2.0-or-later
"""Compressed data of every format that kernels use."""

from __future__ import annotations

import pytest

from engine.machine.linux.compression import COMPRESSIONS, decompressed, recognized, unpacked
from engine.machine.linux.errors import LinuxError
from tests.engine.machine.linux.synthetic import COMPRESSORS

TEXT = b"what the kernel is made of, "
PLAIN = TEXT * 100_000
"""More than two blocks of every format but LZ4's legacy frame, whose blocks are the largest."""
PLAINS = dict.fromkeys(COMPRESSORS, PLAIN) | {"lz4": TEXT * 700_000}


def test_there_is_a_sample_of_every_format() -> None:
    assert {kind.name for kind in COMPRESSIONS} == set(COMPRESSORS)


@pytest.mark.parametrize("name", COMPRESSORS)
def test_what_was_compressed_comes_out(name: str) -> None:
    plain = PLAINS[name]
    packed = COMPRESSORS[name](plain)
    found = recognized(packed)
    assert found is not None
    assert found.name == name
    assert unpacked(packed) == plain
    assert decompressed(packed + b"\x10\x20\x30\x40", len(plain)) == plain


@pytest.mark.parametrize("name", sorted(set(COMPRESSORS) - {"lz4"}))
def test_what_is_cut_off_is_refused(name: str) -> None:
    packed = COMPRESSORS[name](PLAIN[:10_000])
    with pytest.raises(LinuxError, match=f"damaged {name} data"):
        unpacked(packed[: len(packed) // 2])


def test_another_size_is_refused() -> None:
    with pytest.raises(LinuxError, match="damaged gzip data: 1000 bytes came out, expected 999"):
        decompressed(COMPRESSORS["gzip"](PLAIN[:1000]), 999)


def test_other_data_stay_as_they_are_unless_they_must_be_compressed() -> None:
    assert recognized(b"plain") is None
    assert unpacked(b"plain") == b"plain"
    with pytest.raises(LinuxError, match="unknown compression: begins with 70 6c 61 69"):
        decompressed(b"plain", 5)
