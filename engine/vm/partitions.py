# SPDX-License-Identifier: GPL-2.0-or-later
"""Partition tables: where partitions end, and whether Linux is on one.

Sources: the layout of the master boot record (IBM PC/AT; UEFI specification 2.10, 5.2.1) and of the GUID partition
table (5.3).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from uuid import UUID

SECTOR = 512
_TABLE, _ENTRIES = 0x1BE, 4
_ENTRY = struct.Struct("<B3xB3xII")
"""Status, type, first sector, sectors; with the addresses by cylinder left out."""
_ACTIVE, _UNUSED, _PROTECTIVE = (0x00, 0x80), 0x00, 0xEE
_LINUX = {0x82, 0x83, 0x85, 0x8E, 0xFD}
"""Swap, file system, extended partition, LVM, RAID."""
_GPT = struct.Struct("<8s24xQ32xQIII")
"""Signature, the sector of the other header, of the entries; how many there are, and bytes of each. The CRC follows."""
_GPT_SIGNATURE = b"EFI PART"
_LINUX_GUIDS = {
    UUID("0fc63daf-8483-4772-8e79-3d69d8477de4"),
    UUID("4f68bce3-e8cd-4db1-96e7-fbcaf984b709"),
    UUID("0657fd6d-a4ab-43c4-84e5-0933c84b4f4f"),
    UUID("e6d6d379-f507-44c2-a23c-238f2a3df928"),
    UUID("a19d880f-05fc-4d3b-a006-743f0f84911e"),
}
"""File system, root of x86-64, swap, LVM, RAID."""


@dataclass(frozen=True, slots=True)
class PartitionTable:
    """What a partition table says of its disk."""

    sectors: int
    """of 512 bytes that the disk must have"""
    linux: bool
    """whether a partition is of Linux"""


def partition_table(head: bytes) -> PartitionTable | None:
    """The table in the first bytes of a disk; None where there is none, as on a diskette."""
    if len(head) < SECTOR or head[SECTOR - 2 : SECTOR] != b"\x55\xaa":
        return None
    entries = [_ENTRY.unpack_from(head, _TABLE + number * _ENTRY.size) for number in range(_ENTRIES)]
    used = [entry for entry in entries if entry[1] != _UNUSED]
    if not used or any(status not in _ACTIVE for status, *_ in entries) or any(not first for *_, first, _ in used):
        return None  # code of a boot sector
    if any(kind == _PROTECTIVE for _, kind, *_ in used):
        return _gpt(head)
    return PartitionTable(max(first + count for *_, first, count in used), any(kind in _LINUX for _, kind, *_ in used))


def _gpt(head: bytes) -> PartitionTable | None:
    if len(head) < SECTOR + _GPT.size:
        return None
    signature, other, at, count, size, _ = _GPT.unpack_from(head, SECTOR)
    if signature != _GPT_SIGNATURE:
        return None
    places = range(at * SECTOR, min(at * SECTOR + count * size, len(head) - 15), max(size, 1))
    return PartitionTable(other + 1, any(UUID(bytes_le=head[place : place + 16]) in _LINUX_GUIDS for place in places))
