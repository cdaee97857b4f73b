# SPDX-License-Identifier: GPL-2.0-or-later
"""The answer to IDENTIFY DEVICE and the table of transfers (ATA/ATAPI-6)."""

from __future__ import annotations

import struct

import pytest

from engine.machine.devices.ata_commands import TRANSFERS, Command, Identities, identify


def words(sectors: int) -> tuple[int, ...]:
    return struct.unpack("<256H", identify(sectors, 1))


def test_capacity_stands_in_both_forms() -> None:
    found = words(0x12345)
    assert found[60] | found[61] << 16 == 0x12345
    assert found[100] | found[101] << 16 | found[102] << 32 == 0x12345
    large = words(1 << 33)
    assert large[60] | large[61] << 16 == (1 << 28) - 1
    assert large[102] == 2


def test_the_model_number_has_its_bytes_swapped() -> None:
    text = struct.pack(">20H", *words(1)[27:47]).decode().rstrip()
    assert text == "VPTOP VIRTUAL DISK"


@pytest.mark.parametrize(
    ("code", "write", "dma", "extended"),
    [(0x20, False, False, False), (0x25, False, True, True), (0x34, True, False, True), (0xCA, True, True, False)],
)
def test_commands_move_what_the_standard_says(code: int, write: bool, dma: bool, extended: bool) -> None:
    request = TRANSFERS[code]
    assert (request.write, request.dma, request.extended) == (write, dma, extended)
    assert Command(code).name.startswith("WRITE" if write else "READ")


def test_each_request_has_an_identifier_of_its_own() -> None:
    identities = Identities()
    assert [identities.take(), identities.take()] == [1, 2]
