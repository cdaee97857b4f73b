# SPDX-License-Identifier: GPL-2.0-or-later
"""The host at the far end of the wire: router, DHCP server, and echo by ICMP, UDP and TCP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.machine.net import arp, ethernet, icmp, ipv4, tcp, udp
from engine.machine.net.dhcp import CLIENT_PORT, SERVER_PORT, DhcpServer
from engine.machine.net.ipv4 import Packet
from engine.machine.net.tcp import EchoConnection, Segment

_MOST_CONNECTIONS = 64
_SEQUENCE_STEP = 64_000


@dataclass(frozen=True, slots=True)
class Addresses:
    """Who the host is, and what it leases."""

    mac: bytes = bytes.fromhex("52550a000202")
    host: bytes = bytes((10, 0, 2, 2))
    lease: bytes = bytes((10, 0, 2, 15))
    mask: bytes = bytes((255, 255, 255, 0))


@dataclass(slots=True)
class Host:
    """Takes frames and gives back what it answers. Its answers depend on nothing but the frames it got."""

    addresses: Addresses = Addresses()
    counts: Counter[str] = field(default_factory=Counter)
    """what it answered"""
    _neighbours: dict[bytes, bytes] = field(default_factory=dict)
    _connections: dict[tuple[bytes, int], EchoConnection] = field(default_factory=dict)
    _sent: int = 0
    _opened: int = 0

    def take(self, data: bytes) -> list[bytes]:
        """A frame arrives; the frames that leave, in order."""
        frame = ethernet.decode(data)
        if frame is None or frame.target not in (self.addresses.mac, ethernet.BROADCAST):
            return []
        if frame.kind == ethernet.TYPE_ARP:
            return [self._frame(frame.source, ethernet.TYPE_ARP, answer) for answer in self._arp(frame.payload)]
        packet = ipv4.decode(frame.payload) if frame.kind == ethernet.TYPE_IPV4 else None
        if packet is None or packet.target not in (self.addresses.host, ipv4.EVERYBODY):
            return []
        if packet.source != ipv4.NOBODY:
            self._neighbours[packet.source] = frame.source
        return [self._route(answer) for answer in self._ip(packet)]

    def _frame(self, target: bytes, kind: int, payload: bytes) -> bytes:
        return ethernet.EthernetFrame(target, self.addresses.mac, kind, payload).encode()

    def _route(self, packet: Packet) -> bytes:
        """A packet to a neighbour we have heard of, or to everybody."""
        self._sent += 1
        target = self._neighbours.get(packet.target, ethernet.BROADCAST)
        return self._frame(target, ethernet.TYPE_IPV4, packet.encode(self._sent))

    def _arp(self, payload: bytes) -> Iterator[bytes]:
        question, own = arp.decode(payload), self.addresses
        if question is not None and question.operation == arp.REQUEST and question.target == own.host:
            self.counts["ARP"] += 1
            yield arp.Arp(arp.REPLY, own.mac, own.host, question.sender_mac, question.sender).encode()

    def _ip(self, packet: Packet) -> Iterator[Packet]:
        handlers = {ipv4.ICMP: self._icmp, ipv4.UDP: self._udp, ipv4.TCP: self._tcp}
        handler = handlers.get(packet.protocol)
        if handler is not None:
            yield from handler(packet)

    def _icmp(self, packet: Packet) -> Iterator[Packet]:
        answer = icmp.answer(packet.payload)
        if answer is not None and packet.target == self.addresses.host:
            self.counts["pings"] += 1
            yield Packet(ipv4.ICMP, self.addresses.host, packet.source, answer)

    def _udp(self, packet: Packet) -> Iterator[Packet]:
        datagram = udp.decode(packet)
        if datagram is None:
            return
        if datagram.target_port == SERVER_PORT:
            yield from self._dhcp(datagram)
        elif datagram.target_port == udp.ECHO_PORT and packet.target == self.addresses.host:
            self.counts["UDP echoes"] += 1
            answer = udp.Datagram(udp.ECHO_PORT, datagram.source_port, datagram.data)
            yield answer.packet(self.addresses.host, packet.source)

    def _dhcp(self, datagram: udp.Datagram) -> Iterator[Packet]:
        own = self.addresses
        answer = DhcpServer(own.host, own.lease, own.mask).answer(datagram.data)
        if answer is not None:
            self.counts["DHCP"] += 1
            yield udp.Datagram(SERVER_PORT, CLIENT_PORT, answer).packet(own.host, ipv4.EVERYBODY)

    def _tcp(self, packet: Packet) -> Iterator[Packet]:
        segment = tcp.decode(packet)
        if segment is None or packet.target != self.addresses.host:
            return
        self.counts["TCP segments"] += 1
        for answer in self._answer(packet.source, segment):
            yield answer.packet(self.addresses.host, packet.source)

    def _answer(self, peer: bytes, segment: Segment) -> list[Segment]:
        key = (peer, segment.source_port)
        connection = self._connections.get(key)
        if connection is not None and connection.replaced_by(segment):
            del self._connections[key]
            connection = None
        if segment.target_port != tcp.ECHO_PORT or (connection is None and segment.flags & ~tcp.PSH != tcp.SYN):
            refused = tcp.refusal(segment)
            self.counts["TCP refusals"] += refused is not None
            return [] if refused is None else [refused]
        if connection is None:
            return self._open(key, segment)
        answers = connection.take(segment)
        if connection.closed:
            del self._connections[key]
        return answers

    def _open(self, key: tuple[bytes, int], segment: Segment) -> list[Segment]:
        if len(self._connections) == _MOST_CONNECTIONS:
            del self._connections[next(iter(self._connections))]  # the oldest
        self._opened += 1
        self.counts["TCP connections"] += 1
        connection = self._connections[key] = EchoConnection(segment, self._opened * _SEQUENCE_STEP)
        return connection.open()
