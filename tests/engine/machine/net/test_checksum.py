# SPDX-License-Identifier: GPL-2.0-or-later
"""The Internet checksum (RFC 1071)."""

from __future__ import annotations

import pytest

from engine.machine.net.checksum import internet_checksum


def test_the_example_of_rfc_1071() -> None:
    assert internet_checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0xFFFF - 0xDDF2


@pytest.mark.parametrize("data", [b"", b"\x01", b"\xff\xff\xff", bytes(range(255))])
def test_data_with_its_checksum_sums_to_zero(data: bytes) -> None:
    even = data + b"\0" * (len(data) % 2)
    assert internet_checksum(even + internet_checksum(data).to_bytes(2, "big")) == 0
