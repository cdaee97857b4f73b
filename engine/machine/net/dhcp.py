# SPDX-License-Identifier: GPL-2.0-or-later
"""A DHCP server with one address to lease (RFC 2131, options by RFC 2132)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

SERVER_PORT, CLIENT_PORT = 67, 68
DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE, INFORM = range(1, 9)
_COOKIE = bytes((99, 130, 83, 99))
_FIXED = 236
_BOOT_REQUEST, _BOOT_REPLY = 1, 2
_MASK, _ROUTER, _NAME_SERVER, _ADDRESS, _LEASE, _TYPE, _SERVER, _PAD, _END = 1, 3, 6, 50, 51, 53, 54, 0, 255
_LEASE_SECONDS = 86_400
_SHORTEST = 300
"""BOOTP's least (RFC 1542, 2.1)."""
Options = dict[int, bytes]


def _read_options(data: bytes) -> Options:
    options: Options = {}
    at = 0
    while at + 1 < len(data) and data[at] != _END:
        if data[at] == _PAD:
            at += 1
            continue
        end = at + 2 + data[at + 1]
        options[data[at]] = data[at + 2 : end]
        at = end
    return options


@dataclass(frozen=True, slots=True)
class DhcpServer:
    """Leases one address, with itself as router."""

    address: bytes
    lease: bytes
    mask: bytes

    def answer(self, message: bytes) -> bytes | None:
        """The reply to a client's message, or None."""
        if len(message) < _FIXED + 4 or message[0] != _BOOT_REQUEST or message[_FIXED : _FIXED + 4] != _COOKIE:
            return None
        options = _read_options(message[_FIXED + 4 :])
        kind = options.get(_TYPE, b"")
        if options.get(_SERVER, self.address) != self.address:
            return None  # the client has chosen another server
        if kind == bytes([DISCOVER]):
            return self._reply(message, OFFER, self.lease)
        if kind == bytes([REQUEST]):
            asked = options.get(_ADDRESS, message[12:16])
            return self._reply(message, *((ACK, self.lease) if asked == self.lease else (NAK, bytes(4))))
        if kind == bytes([INFORM]):
            return self._reply(message, ACK, bytes(4))
        return None

    def _reply(self, message: bytes, kind: int, yours: bytes) -> bytes:
        client = message[12:16] if kind == ACK else bytes(4)
        head = bytes((_BOOT_REPLY,)) + message[1:4] + message[4:8] + bytes(2) + message[10:12]
        head += client + yours + self.address + message[24:44] + bytes(192)
        options: Options = {_TYPE: bytes([kind]), _SERVER: self.address}
        if kind != NAK:
            options |= {_MASK: self.mask, _ROUTER: self.address, _NAME_SERVER: self.address}
        if yours != bytes(4):
            options[_LEASE] = struct.pack(">I", _LEASE_SECONDS)
        body = b"".join(bytes((code, len(value))) + value for code, value in options.items())
        return (head + _COOKIE + body + bytes([_END])).ljust(_SHORTEST, b"\0")
