# SPDX-License-Identifier: GPL-2.0-or-later
"""An assembler for the ACPI machine language (ACPI specification 2.0, chapter 17) and resource descriptors (6.4): what
this machine's DSDT needs.
"""

from __future__ import annotations

import struct

_ZERO, _ONE, _BYTE, _WORD, _DWORD = b"\x00", b"\x01", 0x0A, 0x0B, 0x0C
_NAME, _SCOPE, _BUFFER, _PACKAGE, _DEVICE = b"\x08", b"\x10", b"\x11", b"\x12", b"\x5b\x82"
_ROOT = b"\\"


def integer(value: int) -> bytes:
    """A constant, in the shortest encoding."""
    if value < 2:
        return _ONE if value else _ZERO
    for prefix, form in ((_BYTE, "<B"), (_WORD, "<H"), (_DWORD, "<I")):
        if value < 1 << 8 * struct.calcsize(form):
            return bytes([prefix]) + struct.pack(form, value)
    raise ValueError(f"{value:#x} takes more than 32 bits")


def _with_length(content: bytes) -> bytes:
    """Content behind its PkgLength, which counts itself."""
    if len(content) + 1 < 64:
        return bytes([len(content) + 1]) + content
    for extra in (1, 2, 3):
        length = len(content) + 1 + extra
        if length < 1 << 4 + 8 * extra:
            return bytes([extra << 6 | length & 15]) + (length >> 4).to_bytes(extra, "little") + content
    raise ValueError("too long a package")


def segment(name: str) -> bytes:
    """A name of up to four characters; a backslash in front means the root."""
    return (_ROOT if name.startswith("\\") else b"") + name.lstrip("\\").ljust(4, "_").encode("ascii")


def named(name: str, value: bytes) -> bytes:
    """Name (name, value)."""
    return _NAME + segment(name) + value


def package(*elements: bytes) -> bytes:
    """Package () { elements }."""
    return _PACKAGE + _with_length(bytes([len(elements)]) + b"".join(elements))


def buffer(data: bytes) -> bytes:
    """Buffer () { data }."""
    return _BUFFER + _with_length(integer(len(data)) + data)


def scope(name: str, *terms: bytes) -> bytes:
    """Scope (name) { terms }."""
    return _SCOPE + _with_length(segment(name) + b"".join(terms))


def device(name: str, *terms: bytes) -> bytes:
    """Device (name) { terms }."""
    return _DEVICE + _with_length(segment(name) + b"".join(terms))


def eisa_id(text: str) -> bytes:
    """EisaId (text): three letters in five bits each, then four hexadecimal digits."""
    letters = [ord(letter) - 0x40 for letter in text[:3]]
    word = letters[0] << 10 | letters[1] << 5 | letters[2]
    return integer(int.from_bytes(struct.pack(">HH", word, int(text[3:], 16)), "little"))


# --- resource descriptors ---

_PRODUCER_FIXED = 0x0C
"""general flags: minimum and maximum are fixed"""
_BUS, _IO, _MEMORY = 2, 1, 0
_ENTIRE_RANGE, _READ_WRITE = 3, 1


def io_ports(first: int, count: int) -> bytes:
    """I/O port descriptor with 16-bit decoding, at a fixed place."""
    return struct.pack("<BBHHBB", 0x47, 1, first, first, 1, count)


def _address_space(form: str, kind: int, flags: int, first: int, last: int) -> bytes:
    fields = struct.pack(form, 0, first, last, 0, last - first + 1)
    tag = 0x88 if form[-1] == "H" else 0x87
    return struct.pack("<BHBBB", tag, len(fields) + 3, kind, _PRODUCER_FIXED, flags) + fields


def bus_range(first: int, last: int) -> bytes:
    """The buses below a bridge."""
    return _address_space("<5H", _BUS, 0, first, last)


def port_range(first: int, last: int) -> bytes:
    """I/O ports that a bridge passes on."""
    return _address_space("<5H", _IO, _ENTIRE_RANGE, first, last)


def memory_range(first: int, last: int) -> bytes:
    """Memory addresses that a bridge passes on."""
    return _address_space("<5I", _MEMORY, _READ_WRITE, first, last)


def memory(first: int, count: int) -> bytes:
    """Memory addresses of a device, at a fixed place."""
    return struct.pack("<BHBII", 0x86, 9, _READ_WRITE, first, count)


def resources(*descriptors: bytes) -> bytes:
    """A resource template with its end tag; a checksum of 0 counts as right."""
    return buffer(b"".join(descriptors) + b"\x79\x00")
