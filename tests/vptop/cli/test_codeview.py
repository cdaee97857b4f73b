# SPDX-License-Identifier: GPL-2.0-or-later
"""Records of types; those that a compiler writes are in test_program_database.py."""

from __future__ import annotations

import struct

import pytest

from vptop.cli.codeview import FIELD_LIST, FieldRecord, Record, built_in_bytes, fields


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"\x05\x00", 5), (b"\x00\x80\xff", -1), (b"\x01\x80\x00\x80", -32768), (b"\x02\x80\xff\xff", 65535),
        (b"\x04\x80\xff\xff\xff\xff", (1 << 32) - 1), (b"\x0a\x80" + b"\xff" * 8, (1 << 64) - 1),
    ],
)  # fmt: skip
def test_numbers_of_any_size(data: bytes, value: int) -> None:
    assert Record(0, data).number(0) == (value, len(data))


def test_unknown_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="0x8005"):
        Record(0, b"\x05\x80\0\0\0\0").number(0)


def test_built_in_types() -> None:
    assert [built_in_bytes(number) for number in (0x03, 0x10, 0x21, 0x74, 0x77, 0x603, 0x474)] == [0, 1, 2, 4, 8, 8, 4]


def test_a_list_goes_on_in_another_record_and_never_for_ever() -> None:
    member = struct.pack("<HHIH", 0x150D, 3, 0x74, 8) + b"x\0"
    goes_on = struct.pack("<HHI", 0x1404, 0, 0x1000)
    last = Record(FIELD_LIST, member)
    first = Record(FIELD_LIST, member + b"\xf2\xf1" + goes_on)
    x = FieldRecord("x", 8, 0x74)
    assert list(fields(first, lambda _: last)) == [x, x]
    assert set(fields(first, lambda _: first)) == {x}
