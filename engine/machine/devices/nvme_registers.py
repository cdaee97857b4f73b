# SPDX-License-Identifier: GPL-2.0-or-later
"""Registers, commands and data structures of NVM Express (NVM Express Base Specification 1.4), as far as they are
tables.
"""

from __future__ import annotations

import struct
from enum import IntEnum

PAGE = 4096
QUEUE_ENTRIES = 256
"""Most entries of a queue (CAP.MQES, 3.1.1)."""
QUEUES = 16
"""Most I/O queues of each kind."""
COMMAND_BYTES, COMPLETION_BYTES = 64, 16
MOST_PAGES = 32
"""Memory pages in a transfer at most: 2 to the power of MDTS (5.15.2.2)."""
DOORBELLS = 0x1000
VERSION = 0x00010400
CAP = QUEUE_ENTRIES - 1 | 1 << 16 | 20 << 24 | 1 << 37
"""MQES; CQR: queues are contiguous; TO: ready within 10 s; CSS: the NVM command set; pages of 4 KiB; doorbells of 4
bytes (3.1.1)."""
NAMESPACE = 1
ALL_NAMESPACES = 0xFFFFFFFF
_IDENTIFIER = bytes.fromhex("0054505654000001")
"""EUI-64 of the namespace: locally administered."""


class Register(IntEnum):
    """Offsets of controller registers (3.1)."""

    CAP = 0x00
    CAP_HIGH = 0x04
    VS = 0x08
    INTMS = 0x0C
    INTMC = 0x10
    CC = 0x14
    CSTS = 0x1C
    AQA = 0x24
    ASQ = 0x28
    ASQ_HIGH = 0x2C
    ACQ = 0x30
    ACQ_HIGH = 0x34


CC_ENABLE, CC_SHUTDOWN = 0x1, 0xC000
CSTS_READY, CSTS_FATAL, CSTS_SHUTDOWN_COMPLETE = 0x1, 0x2, 0x8


class Admin(IntEnum):
    """Opcodes of admin commands (5)."""

    DELETE_SUBMISSION_QUEUE = 0x00
    CREATE_SUBMISSION_QUEUE = 0x01
    GET_LOG_PAGE = 0x02
    DELETE_COMPLETION_QUEUE = 0x04
    CREATE_COMPLETION_QUEUE = 0x05
    IDENTIFY = 0x06
    ABORT = 0x08
    SET_FEATURES = 0x09
    GET_FEATURES = 0x0A
    ASYNC_EVENT_REQUEST = 0x0C


class Io(IntEnum):
    """Opcodes of the NVM command set (6)."""

    FLUSH = 0x00
    WRITE = 0x01
    READ = 0x02
    WRITE_ZEROES = 0x08


class Status(IntEnum):
    """Status codes with their type in bits 8 to 10 (4.6.1)."""

    SUCCESS = 0x000
    INVALID_OPCODE = 0x001
    INVALID_FIELD = 0x002
    ABORTED = 0x007
    INVALID_NAMESPACE = 0x00B
    INVALID_PRP_OFFSET = 0x013
    LBA_OUT_OF_RANGE = 0x080
    INVALID_COMPLETION_QUEUE = 0x100
    INVALID_QUEUE = 0x101
    INVALID_QUEUE_SIZE = 0x102
    EVENT_LIMIT = 0x105
    INVALID_VECTOR = 0x108
    INVALID_LOG_PAGE = 0x109
    NOT_CHANGEABLE = 0x10E
    WRITE_FAULT = 0x280
    UNRECOVERED_READ_ERROR = 0x281


class Feature(IntEnum):
    """Feature identifiers (5.21.1)."""

    ARBITRATION = 0x01
    POWER_MANAGEMENT = 0x02
    TEMPERATURE_THRESHOLD = 0x04
    ERROR_RECOVERY = 0x05
    VOLATILE_WRITE_CACHE = 0x06
    QUEUES = 0x07
    INTERRUPT_COALESCING = 0x08
    INTERRUPT_VECTOR = 0x09
    WRITE_ATOMICITY = 0x0A
    ASYNC_EVENTS = 0x0B


FEATURES = {
    Feature.ARBITRATION: 0, Feature.POWER_MANAGEMENT: 0, Feature.TEMPERATURE_THRESHOLD: 343,
    Feature.ERROR_RECOVERY: 0, Feature.VOLATILE_WRITE_CACHE: 1, Feature.QUEUES: (QUEUES - 1) << 16 | QUEUES - 1,
    Feature.INTERRUPT_COALESCING: 0, Feature.INTERRUPT_VECTOR: 0, Feature.WRITE_ATOMICITY: 0, Feature.ASYNC_EVENTS: 0,
}  # fmt: skip
"""Values after a controller reset."""
LOG_BYTES = {0x01: 64, 0x02: 512, 0x03: 512}
"""Error information, SMART and health, firmware slots (5.14.1)."""


def controller(vendor: int) -> bytes:
    """The identify controller data structure (figure 247)."""
    data = bytearray(PAGE)
    struct.pack_into(
        "<HH20s40s8s", data, 0, vendor, vendor, *map(_text, (("VP0001", 20), ("VPTOP NVMe disk", 40))), b"1.0     "
    )
    data[77] = MOST_PAGES.bit_length() - 1  # MDTS
    struct.pack_into("<HI", data, 78, 1, VERSION)
    data[111] = 1  # an I/O controller
    data[258] = 3  # ABORT: four at once
    data[259] = 3  # asynchronous event requests: four
    data[260] = 0x03  # one firmware slot, read-only
    struct.pack_into("<HH", data, 266, 343, 353)  # warning and critical temperatures, kelvins
    data[512], data[513] = 0x66, 0x44  # sizes of entries: 64 and 16 bytes
    struct.pack_into("<I", data, 516, 1)  # namespaces
    struct.pack_into("<H", data, 520, 0x08)  # WRITE ZEROES
    data[525] = 1  # a volatile write cache
    data[768 : 768 + 19] = b"nqn.2026-01.vptop:1"
    return bytes(data)


def _text(what: tuple[str, int]) -> bytes:
    text, size = what
    return text.ljust(size).encode("ascii")


def namespace(sectors: int) -> bytes:
    """The identify namespace data structure (figure 245): sectors of 512 bytes without metadata."""
    data = bytearray(PAGE)
    struct.pack_into("<QQQ", data, 0, sectors, sectors, sectors)
    data[120:128] = _IDENTIFIER
    struct.pack_into("<HBB", data, 128, 0, 9, 0)
    return bytes(data)


def namespace_list(after: int) -> bytes:
    """Active namespaces whose identifier is greater than one."""
    return struct.pack("<I", NAMESPACE if after < NAMESPACE else 0).ljust(PAGE, b"\0")


def namespace_identifiers() -> bytes:
    """The namespace identification descriptor list: its EUI-64 (figure 246)."""
    return (struct.pack("<BBxx", 1, len(_IDENTIFIER)) + _IDENTIFIER).ljust(PAGE, b"\0")
