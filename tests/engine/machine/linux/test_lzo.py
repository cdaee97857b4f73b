# SPDX-License-Identifier: GPL-2.0-or-later
"""LZO1X against what lzop 1.04 wrote."""

from __future__ import annotations

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.machine.linux import lzo
from engine.machine.linux.errors import LinuxError

_LINES = b"".join(b"%d%d\n" % (n * n % 91, n) if n % 3 else b"line %d: abc\n" % n for n in range(40))
PLAIN = _LINES + _LINES[:40] + bytes(20000) + b"x" + _LINES[7:300] + bytes(70000) + _LINES[-9:] + b"tail"
"""Literals of every length, matches near and far."""
PACKED = base64.b85decode(
    "iA-8g01XNn3J^dbpb0<&2?GEC4FCXvq-zL&5&!@I001+k1D^l^ViN!W0=Q<On)D-"
    "VX>Mg8FghS%Vq*$1F$y#?3WWkQ!~z30Gzu~`HLU_RtO5iyIX4P6G&rpSIjjN$IWaH_Gca5Sk^(U@v;qb<I59H{F*GqW*#b4&0yHr"
    ";Mhh`F*#bDZ0yqT=IRg<kGBCOVGBLXXGC490BsUEuGuZ+((Fi#XB?>bE0XEqJH@N~e4G%aA3^Fn~*cindH31?q3I#JW^c&k7HZ(H"
    "~CP)jx95dz|GdEoeGszq?%p4#Gr33&V000000002y001BW00000008Cy03ZMW000000OkMyAOHXW00000<^TX7000000002y001B"
    "W00000008Cy03ZMW000000OkMyAOHXW00000<^TX7000000002y001BW0000000aR5cn|;^ust9E00000008EUBp?6)000000OkM"
    "yAOHXW00000<^TX7000000002y001BW00000008Cy03ZMW000000OkMyAOHXW00000<^TX7000000002y001BW00000008Cy03ZM"
    "W000000OkMyAOHXW00000<^TX7000000002y001BW00000008Cy03ZMW000000OkMyAOHXW00000<^TX7000000002y001BW0000"
    "0008Cy03ZMW000000OkMyAOHXW00000<^TX7000000002y001BW00000008Cy03ZMW000000OkMyAOHXW00000<^TX7000000002"
    "y001BW00000008Cy03ZMW000000OkMyAOHXW00000<^TX7000000002y001BW00000008Cy03ZMW000000OkMyAOHXW00000<^TX"
    "7000000002y001BW00000008Cy03ZMW000000OkMyAOKJR016;8IXWO=Vq*$)VQFj;00000000"
)
"""`lzop -9` of it."""


def test_what_lzop_wrote_is_read() -> None:
    assert lzo.lzop(PACKED) == PLAIN


@pytest.mark.parametrize("size", range(len(lzo.MAGIC), len(PACKED) - 4, 7))
def test_a_file_that_is_cut_off_is_refused(size: int) -> None:
    with pytest.raises(LinuxError, match=r"cut off|expected"):
        lzo.lzop(PACKED[:size])


@given(st.binary(max_size=64), st.integers(0, 1000))
def test_any_block_is_decompressed_or_refused(packed: bytes, size: int) -> None:
    with contextlib.suppress(LinuxError):
        assert len(lzo.decompress(packed, size)) == size


@pytest.mark.parametrize(
    ("packed", "message"),
    [
        (b"", "cut off"),
        (bytes([17 + 3]) + b"abc" + bytes([64, 9]), "begins before the data"),
        (bytes([17 + 4]) + b"abcd\x11\0\0", "has 4 bytes, expected 5"),
    ],
)
def test_damaged_blocks_are_refused(packed: bytes, message: str) -> None:
    with pytest.raises(LinuxError, match=message):
        lzo.decompress(packed, 5)
