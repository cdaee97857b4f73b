# SPDX-License-Identifier: GPL-2.0-or-later
"""The command set of an ATA disk (ATA/ATAPI-6, T13/1410D, chapter 8), as far as it is tables."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

MAX_MULTIPLE = 16
LBA28_SECTORS = 1 << 28
HEADS, SECTORS_PER_TRACK = 16, 63
"""Default CHS translation."""


@dataclass(frozen=True, slots=True)
class Request:
    """One command that moves sectors."""

    write: bool
    dma: bool
    extended: bool = False
    multiple: bool = False
    first: int = 0
    count: int = 0
    identity: int = 0
    """unique number, the I/O identifier of Disk_IOStart and Disk_IOFinish"""
    entries: int = 1
    """scatter/gather entries"""


class Command(IntEnum):
    """Command codes (ATA/ATAPI-6, chapter 8; the forms without retries, ATA-3)."""

    READ_SECTORS = 0x20
    READ_SECTORS_NO_RETRY = 0x21
    READ_SECTORS_EXT = 0x24
    READ_DMA_EXT = 0x25
    READ_MULTIPLE_EXT = 0x29
    WRITE_SECTORS = 0x30
    WRITE_SECTORS_NO_RETRY = 0x31
    WRITE_SECTORS_EXT = 0x34
    WRITE_DMA_EXT = 0x35
    WRITE_MULTIPLE_EXT = 0x39
    READ_VERIFY = 0x40
    READ_VERIFY_NO_RETRY = 0x41
    READ_VERIFY_EXT = 0x42
    EXECUTE_DEVICE_DIAGNOSTIC = 0x90
    INITIALIZE_DEVICE_PARAMETERS = 0x91
    READ_MULTIPLE = 0xC4
    WRITE_MULTIPLE = 0xC5
    SET_MULTIPLE_MODE = 0xC6
    READ_DMA = 0xC8
    READ_DMA_NO_RETRY = 0xC9
    WRITE_DMA = 0xCA
    WRITE_DMA_NO_RETRY = 0xCB
    STANDBY_IMMEDIATE = 0xE0
    IDLE_IMMEDIATE = 0xE1
    STANDBY = 0xE2
    IDLE = 0xE3
    CHECK_POWER_MODE = 0xE5
    SLEEP = 0xE6
    FLUSH_CACHE = 0xE7
    FLUSH_CACHE_EXT = 0xEA
    IDENTIFY_DEVICE = 0xEC
    SET_FEATURES = 0xEF
    READ_NATIVE_MAX_ADDRESS = 0xF8


TRANSFERS: dict[int, Request] = {
    Command.READ_SECTORS: Request(write=False, dma=False),
    Command.READ_SECTORS_NO_RETRY: Request(write=False, dma=False),
    Command.READ_SECTORS_EXT: Request(write=False, dma=False, extended=True),
    Command.READ_MULTIPLE_EXT: Request(write=False, dma=False, extended=True, multiple=True),
    Command.READ_MULTIPLE: Request(write=False, dma=False, multiple=True),
    Command.WRITE_SECTORS: Request(write=True, dma=False),
    Command.WRITE_SECTORS_NO_RETRY: Request(write=True, dma=False),
    Command.WRITE_SECTORS_EXT: Request(write=True, dma=False, extended=True),
    Command.WRITE_MULTIPLE_EXT: Request(write=True, dma=False, extended=True, multiple=True),
    Command.WRITE_MULTIPLE: Request(write=True, dma=False, multiple=True),
    Command.READ_DMA: Request(write=False, dma=True),
    Command.READ_DMA_NO_RETRY: Request(write=False, dma=True),
    Command.READ_DMA_EXT: Request(write=False, dma=True, extended=True),
    Command.WRITE_DMA: Request(write=True, dma=True),
    Command.WRITE_DMA_NO_RETRY: Request(write=True, dma=True),
    Command.WRITE_DMA_EXT: Request(write=True, dma=True, extended=True),
}
"""Commands that move sectors, by command code."""
DONE_AT_ONCE: set[int] = {
    Command.READ_VERIFY, Command.READ_VERIFY_NO_RETRY, Command.READ_VERIFY_EXT, Command.INITIALIZE_DEVICE_PARAMETERS,
    Command.STANDBY_IMMEDIATE, Command.IDLE_IMMEDIATE, Command.STANDBY, Command.IDLE, Command.SLEEP,
    Command.FLUSH_CACHE, Command.FLUSH_CACHE_EXT, Command.SET_FEATURES,
}  # fmt: skip
"""Commands that leave nothing to do for a model."""


@dataclass(slots=True)
class Identities:
    """Gives every request of a machine a number of its own, the I/O identifier of the probe points."""

    last: int = 0

    def take(self) -> int:
        """The next one, from 1 on."""
        self.last += 1
        return self.last


def identify(all_sectors: int, multiple: int) -> bytes:
    """The answer to IDENTIFY DEVICE (ATA/ATAPI-6, 8.15.8)."""
    words = [0] * 256
    words[0] = 0x0040  # fixed disk
    words[1], words[3], words[6] = (
        min(16383, all_sectors // (HEADS * SECTORS_PER_TRACK)),
        HEADS,
        SECTORS_PER_TRACK,
    )
    words[10:20] = _text("VP0001", 20)
    words[23:27] = _text("1.0", 8)
    words[27:47] = _text("VPTOP VIRTUAL DISK", 40)
    words[47] = 0x8000 | MAX_MULTIPLE
    words[49] = 0x0300  # LBA, DMA
    words[53] = 0x0006
    words[59] = 0x0100 | multiple
    sectors = min(all_sectors, LBA28_SECTORS - 1)
    words[60], words[61] = sectors & 0xFFFF, sectors >> 16
    words[63] = 0x0007  # multiword DMA 0 to 2
    words[64] = 3
    words[65:69] = [120] * 4
    words[80] = 0x0070  # ATA-4 to ATA-6
    words[82], words[83], words[84] = 0x4000, 0x7400, 0x4000  # LBA48, FLUSH CACHE, FLUSH CACHE EXT
    words[85], words[86], words[87] = 0x4000, 0x3400, 0x4000
    words[88] = 0x203F  # Ultra DMA 0 to 5, mode 5 active
    words[100:104] = [all_sectors >> 16 * part & 0xFFFF for part in range(4)]
    return struct.pack("<256H", *words)


def _text(text: str, size: int) -> list[int]:
    """An ATA string: blank padded, bytes swapped within words."""
    padded = text.ljust(size).encode("ascii")
    return [padded[i] << 8 | padded[i + 1] for i in range(0, size, 2)]
