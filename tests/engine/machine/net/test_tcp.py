# SPDX-License-Identifier: GPL-2.0-or-later
"""The echo service over TCP, by RFC 9293, against a client by hand."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import pytest

from engine.machine.net.gateway import Host
from tests.engine.machine.packets import GUEST, HOST, frame, opened
from tests.guestimg.wire import ACK, FIN, PSH, RST, SYN, TCP, ip_packet, pseudo, with_sum

# --- TCP ---

FIRST = 0xFFFFFFF0
"""The client's first number: the sequence wraps around soon."""


@dataclass
class Client:
    """The client's side of a connection, by hand."""

    host: Host
    port: int = 40001
    to: int = 7
    next: int = FIRST
    expected: int = 0

    def send(
        self, flags: int, data: bytes = b"", sequence: int | None = None, window: int = 4096, options: bytes = b""
    ) -> list[tuple[int, int, int, bytes]]:
        """Send a segment; flags, sequence, acknowledgement and data of each answer."""
        number = (self.next if sequence is None else sequence) & 0xFFFFFFFF
        acknowledged = self.expected if flags & ACK else 0
        offset = (20 + len(options)) // 4 << 4
        head = struct.pack(">HHIIBBHHH", self.port, self.to, number, acknowledged, offset, flags, window, 0, 0)
        body = head + options + data
        segment = with_sum(body, 16, pseudo(GUEST, HOST, TCP, len(body)))
        answers = []
        for answer in self.host.take(frame(ip_packet(TCP, GUEST, HOST, segment))):
            protocol, target, payload = opened(answer)
            assert (protocol, target) == (TCP, GUEST)
            source, port, sequence, acknowledgement, place, bits = struct.unpack(">HHIIBB", payload[:14])
            assert (source, port) == (self.to, self.port)
            answers.append((bits, sequence, acknowledgement, payload[(place >> 4) * 4 :]))
        return answers

    def connect(self, window: int = 4096) -> None:
        ((flags, sequence, acknowledged, data),) = self.send(SYN, window=window, options=b"\x02\x04\x05\xb4")
        assert (flags, acknowledged, data) == (SYN | ACK, (FIRST + 1) & 0xFFFFFFFF, b"")
        self.next, self.expected = acknowledged, (sequence + 1) & 0xFFFFFFFF
        assert self.send(ACK, window=window) == []


@pytest.fixture
def client(host: Host) -> Client:
    return Client(host)


def test_tcp_from_connection_to_end(client: Client) -> None:
    client.connect()
    for data in (b"hello", bytes(700), b"x" * 1460):
        ((flags, sequence, acknowledged, echo),) = client.send(ACK | PSH, data)
        assert (flags & ~PSH, sequence, echo) == (ACK, client.expected, data)
        client.next = (client.next + len(data)) & 0xFFFFFFFF
        client.expected = (client.expected + len(data)) & 0xFFFFFFFF
        assert acknowledged == client.next
    ((flags, sequence, acknowledged, echo),) = client.send(FIN | ACK)
    assert (flags, sequence, acknowledged, echo) == (FIN | ACK, client.expected, (client.next + 1) & 0xFFFFFFFF, b"")
    client.next, client.expected = acknowledged, sequence + 1
    assert client.send(ACK) == []
    ((flags, *_),) = client.send(ACK | PSH, b"late")
    assert flags == RST


def test_the_last_bytes_may_come_with_fin(client: Client) -> None:
    client.connect()
    data, end = client.send(FIN | ACK | PSH, b"bye")
    assert (data[0] & ~PSH, data[3]) == (ACK, b"bye")
    assert (end[0], end[1], end[2]) == (FIN | ACK, client.expected + 3, (client.next + 4) & 0xFFFFFFFF)


def test_a_repeated_syn_gets_the_same_answer(client: Client) -> None:
    first = client.send(SYN)
    assert client.send(SYN) == first


def test_a_lost_echo_comes_again_when_the_client_repeats(client: Client) -> None:
    client.connect()
    first = client.send(ACK | PSH, b"hello")
    assert client.send(ACK | PSH, b"hello") == first


def test_a_lost_fin_comes_again(client: Client) -> None:
    client.connect()
    first = client.send(FIN | ACK)
    assert client.send(FIN | ACK) == first


def test_segments_from_the_future_are_not_taken(client: Client) -> None:
    client.connect()
    ((flags, _, acknowledged, data),) = client.send(ACK | PSH, b"later", sequence=client.next + 100)
    assert (flags, acknowledged, data) == (ACK, client.next, b"")


def test_the_window_of_the_client_is_respected(client: Client) -> None:
    client.connect(window=1000)
    ((_, sequence, _, echo),) = client.send(ACK | PSH, b"a" * 1460, window=1000)
    assert echo == b"a" * 1000
    client.next += 1460
    client.expected += 1000
    ((_, sequence, _, echo),) = client.send(ACK, window=1000)
    assert (sequence, echo) == (client.expected, b"a" * 460)


def test_small_segments_for_clients_that_say_so(client: Client) -> None:
    ((_, sequence, acknowledged, _),) = client.send(SYN, options=b"\x01\x01\x02\x04\x01\x00\x00\x00")
    client.next, client.expected = acknowledged, sequence + 1
    client.send(ACK)
    echoes = [data for *_, data in client.send(ACK | PSH, bytes(range(256)) * 3)]
    assert [len(data) for data in echoes] == [256] * 3
    assert b"".join(echoes) == bytes(range(256)) * 3


def test_a_closed_port_refuses(host: Host) -> None:
    client = Client(host, to=80)
    assert client.send(SYN) == [(RST | ACK, 0, (FIRST + 1) & 0xFFFFFFFF, b"")]
    client.expected = 77
    assert client.send(ACK, b"data") == [(RST, 77, 0, b"")]
    assert client.send(RST) == []


def test_reset_ends_a_connection(client: Client) -> None:
    client.connect()
    assert client.send(RST) == []
    ((flags, *_),) = client.send(ACK | PSH, b"hello")
    assert flags == RST


def test_a_client_that_forgot_may_connect_again(client: Client) -> None:
    client.connect()
    ((flags, _, acknowledged, _),) = client.send(SYN, sequence=1000)
    assert (flags, acknowledged) == (SYN | ACK, 1001)


def test_damaged_segments_are_dropped(client: Client) -> None:
    client.connect()
    body = struct.pack(">HHIIBBHHH", 40001, 7, client.next, client.expected, 0x50, ACK | PSH, 4096, 0x1234, 0) + b"hi"
    assert client.host.take(frame(ip_packet(TCP, GUEST, HOST, body))) == []


def test_connections_do_not_mix(host: Host) -> None:
    clients = [Client(host, port=50000 + n) for n in range(5)]
    for client in clients:
        client.connect()
    for number, client in enumerate(clients):
        ((_, _, _, echo),) = client.send(ACK | PSH, bytes([number] * 10))
        assert echo == bytes([number] * 10)
