# SPDX-License-Identifier: GPL-2.0-or-later
"""The other end of the guest's network wire: a router with DHCP, ping, and UDP and TCP echo, and what it saw."""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import dataclass, field

ROUTER = bytes([10, 0, 2, 2])
LEASE = bytes([10, 0, 2, 15])
ROUTER_MAC = bytes.fromhex("525500010203")
EVERYBODY = b"\xff" * 6
IP, ARP = 0x0800, 0x0806
ICMP, TCP, UDP = 1, 6, 17
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def internet_sum(data: bytes) -> int:
    """The complement of the Internet checksum (RFC 1071): 0xffff for data that carries a right one."""
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data[: len(data) // 2 * 2]))
    total += data[-1] << 8 if len(data) % 2 else 0
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def with_sum(data: bytes, at: int, cover: bytes = b"") -> bytes:
    """Data with its checksum put in; `cover` is the pseudo header."""
    value = 0xFFFF - internet_sum(cover + data)
    return data[:at] + struct.pack(">H", value) + data[at + 2 :]


def pseudo(source: bytes, target: bytes, protocol: int, size: int) -> bytes:
    return source + target + struct.pack(">HH", protocol, size)


def ip_packet(protocol: int, source: bytes, target: bytes, payload: bytes) -> bytes:
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0) + source + target
    return with_sum(header, 10) + payload


def udp_packet(source: bytes, target: bytes, ports: tuple[int, int], payload: bytes) -> bytes:
    data = struct.pack(">HHHH", *ports, 8 + len(payload), 0) + payload
    return ip_packet(UDP, source, target, with_sum(data, 6, pseudo(source, target, UDP, len(data))))


@dataclass
class Stream:
    """A TCP connection of the router's echo service."""

    expected: int
    next: int
    data: bytes = b""
    closed: bool = False


@dataclass
class Router:
    """Takes frames in and gives back what a router would send."""

    mac: bytes
    lose: int = 0
    """every so many frames one is lost; 0: none"""
    damage: bool = False
    """what it echoes over TCP is wrong"""
    refuse: bool = False
    """its TCP echo refuses connections"""
    seen: Counter[str] = field(default_factory=Counter)
    frames: int = 0
    streams: dict[int, Stream] = field(default_factory=dict)

    def take(self, frame: bytes) -> list[bytes]:
        """A frame from the guest; the frames it gets back."""
        self.frames += 1
        if self.lose and self.frames % self.lose == 0:
            return []
        assert len(frame) <= 1514
        assert frame[6:12] == self.mac
        (kind,) = struct.unpack(">H", frame[12:14])
        answers = self._arp(frame[14:]) if kind == ARP else self._ip(frame[:6], frame[14:])
        return [self.mac + ROUTER_MAC + struct.pack(">H", kind) + answer for answer in answers]

    def _arp(self, packet: bytes) -> list[bytes]:
        operation = struct.unpack(">HHBBH", packet[:8])
        assert operation[:4] == (1, IP, 6, 4)
        self.seen[f"ARP {operation[4]}"] += 1
        if operation[4] != 1 or packet[24:28] != ROUTER:
            return []
        return [struct.pack(">HHBBH", 1, IP, 6, 4, 2) + ROUTER_MAC + ROUTER + packet[8:18]]

    def _ip(self, to: bytes, packet: bytes) -> list[bytes]:
        assert packet[0] == 0x45
        assert internet_sum(packet[:20]) == 0xFFFF
        (size,) = struct.unpack(">H", packet[2:4])
        assert size <= len(packet)
        source, target, payload = packet[12:16], packet[16:20], packet[20:size]
        assert (to == EVERYBODY) == (target == b"\xff" * 4)
        cover = b"" if packet[9] == ICMP else pseudo(source, target, packet[9], len(payload))
        assert internet_sum(cover + payload) == 0xFFFF
        handler = {ICMP: self._icmp, UDP: self._udp, TCP: self._tcp}[packet[9]]
        return handler(source, payload)

    def _icmp(self, source: bytes, data: bytes) -> list[bytes]:
        self.seen[f"ICMP {data[0]}"] += 1
        if data[0] != 8:
            return []
        return [ip_packet(ICMP, ROUTER, source, with_sum(b"\0\0\0\0" + data[4:], 2))]

    def _udp(self, source: bytes, data: bytes) -> list[bytes]:
        port, to, size = struct.unpack(">HHH", data[:6])
        assert size == len(data)
        self.seen[f"UDP {to}"] += 1
        if to == 67:
            return self._dhcp(data[8:])
        return [udp_packet(ROUTER, source, (7, port), data[8:])] if to == 7 else []

    def _dhcp(self, message: bytes) -> list[bytes]:
        options, at = {}, 240
        while message[at] != 255:
            options[message[at]] = message[at + 2 : at + 2 + message[at + 1]]
            at += 2 + message[at + 1]
        assert message[28:34] == self.mac
        assert message[236:240] == bytes([99, 130, 83, 99])
        kind = {b"\x01": 2, b"\x03": 5}[options[53]]
        if kind == 5:
            assert (options[50], options[54]) == (LEASE, ROUTER)
        reply = b"\x02" + message[1:16] + LEASE + ROUTER + bytes(4) + message[28:236] + message[236:240]
        reply += bytes([53, 1, kind, 54, 4, *ROUTER, 1, 4, 255, 255, 255, 0, 0, 3, 4, *ROUTER, 255])
        return [udp_packet(ROUTER, b"\xff" * 4, (67, 68), reply)]

    def _tcp(self, source: bytes, data: bytes) -> list[bytes]:
        port, to, sequence, acknowledged, offset, flags = struct.unpack(">HHIIBB", data[:14])
        payload = data[(offset >> 4) * 4 :]
        assert to == 7
        self.seen["TCP"] += 1

        def segment(flags: int, sequence: int, expected: int, payload: bytes = b"") -> bytes:
            header = struct.pack(">HHIIBBHHH", 7, port, sequence & 0xFFFFFFFF, expected, 0x50, flags, 8192, 0, 0)
            cover = pseudo(ROUTER, source, TCP, 20 + len(payload))
            return ip_packet(TCP, ROUTER, source, with_sum(header + payload, 16, cover))

        if flags & RST:
            self.streams.pop(port, None)
            return []
        if flags & SYN:
            if self.refuse:
                return [segment(RST | ACK, 0, sequence + 1)]
            stream = self.streams.setdefault(port, Stream(sequence + 1 & 0xFFFFFFFF, 5001))
            return [segment(SYN | ACK, 5000, stream.expected)]
        stream = self.streams[port]
        if sequence != stream.expected:  # again what came before: its answer was lost
            missing = stream.data[acknowledged - 5001 :]
            answers = [segment(PSH | ACK, acknowledged, stream.expected, missing)] if missing else []
            return answers + ([segment(FIN | ACK, stream.next - 1, stream.expected)] if stream.closed else [])
        if payload:
            echo = bytes(byte ^ self.damage for byte in payload)
            stream.data += echo
            stream.expected = stream.expected + len(payload) & 0xFFFFFFFF
            stream.next += len(payload)
            return [
                segment(ACK, stream.next - len(payload), stream.expected),
                segment(PSH | ACK, stream.next - len(payload), stream.expected, echo),
            ]
        if flags & FIN:
            stream.expected = stream.expected + 1 & 0xFFFFFFFF
            stream.next += 1
            stream.closed = True
            return [segment(FIN | ACK, stream.next - 1, stream.expected)]
        return []
