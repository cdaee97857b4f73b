# SPDX-License-Identifier: GPL-2.0-or-later
"""Partition tables, as sfdisk(8) writes them."""

from __future__ import annotations

import struct
from uuid import UUID

from engine.vm.partitions import PartitionTable, partition_table

SIGNATURE = b"\x55\xaa"


def mbr(*entries: tuple[int, int, int, int]) -> bytes:
    """Status, type, first sector, sectors of each partition."""
    packed = b"".join(struct.pack("<B3xB3xII", *entry) for entry in entries)
    return bytes(0x1BE) + packed.ljust(64, b"\0") + SIGNATURE


def gpt(kind: str, last: int = 4095) -> bytes:
    header = struct.pack(
        "<8s4sII4xQQQQ16sQII", b"EFI PART", b"\0\0\1\0", 92, 0, 1, last, 34, last - 33, bytes(16), 2, 128, 128
    )
    entry = UUID(kind).bytes_le + bytes(112)
    return mbr((0, 0xEE, 1, 0xFFFFFFFF)) + header.ljust(512, b"\0") + entry + bytes(128 * 127)


def test_no_table() -> None:
    assert partition_table(b"") is None
    assert partition_table(bytes(510) + SIGNATURE) is None
    assert partition_table(mbr((0x80, 0x83, 2048, 100))[:-2] + b"\0\0") is None
    code = bytes(range(256)) + bytes(range(254)) + SIGNATURE
    assert partition_table(code) is None


def test_a_master_boot_record() -> None:
    assert partition_table(mbr((0x80, 0x83, 2048, 100), (0, 7, 63, 20))) == PartitionTable(2148, linux=True)
    assert partition_table(mbr((0x80, 0x0C, 63, 1000))) == PartitionTable(1063, linux=False)


def test_a_guid_partition_table() -> None:
    assert partition_table(gpt("0fc63daf-8483-4772-8e79-3d69d8477de4")) == PartitionTable(4096, linux=True)
    assert partition_table(gpt("ebd0a0a2-b9e5-4433-87c0-68b6b72699c7")) == PartitionTable(4096, linux=False)
    assert partition_table(mbr((0, 0xEE, 1, 0xFFFFFFFF)) + bytes(512)) is None
