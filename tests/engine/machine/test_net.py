# SPDX-License-Identifier: GPL-2.0-or-later
"""The host at the far end of the wire, by RFCs 791, 792, 768, 826, 862 and 2131; packets are built and their checksums
verified by code of the tests' own.
"""

from __future__ import annotations

import struct

import pytest

from engine.machine.net.checksum import internet_checksum
from engine.machine.net.gateway import Host
from engine.machine.net.network import Network
from tests.engine.machine.bench import Bench
from tests.engine.machine.packets import GUEST, GUEST_MAC, HOST, HOST_MAC, NOBODY, STRANGER, frame, opened
from tests.guestimg.wire import ARP, EVERYBODY, ICMP, IP, UDP, ip_packet, udp_packet, with_sum


@pytest.fixture
def host() -> Host:
    return Host()


# --- the Internet checksum ---


def test_the_example_of_rfc_1071() -> None:
    assert internet_checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0xFFFF - 0xDDF2


@pytest.mark.parametrize("data", [b"", b"\x01", b"\xff\xff\xff", bytes(range(255))])
def test_data_with_its_checksum_sums_to_zero(data: bytes) -> None:
    even = data + b"\0" * (len(data) % 2)
    assert internet_checksum(even + internet_checksum(data).to_bytes(2, "big")) == 0


# --- ARP ---


def test_who_has_the_host(host: Host) -> None:
    question = struct.pack(">HHBBH", 1, IP, 6, 4, 1) + GUEST_MAC + GUEST + bytes(6) + HOST
    (answer,) = host.take(frame(question, ARP, EVERYBODY))
    assert answer[:14] == GUEST_MAC + HOST_MAC + b"\x08\x06"
    assert answer[14:42] == struct.pack(">HHBBH", 1, IP, 6, 4, 2) + HOST_MAC + HOST + GUEST_MAC + GUEST
    assert len(answer) == 60


@pytest.mark.parametrize(
    "question",
    [
        struct.pack(">HHBBH", 1, IP, 6, 4, 1) + GUEST_MAC + GUEST + bytes(6) + STRANGER,
        struct.pack(">HHBBH", 1, IP, 6, 4, 2) + GUEST_MAC + GUEST + HOST_MAC + HOST,
        struct.pack(">HHBBH", 6, IP, 6, 4, 1) + GUEST_MAC + GUEST + bytes(6) + HOST,
        b"\0\1\x08\0",
    ],
)
def test_other_questions_are_not_answered(host: Host, question: bytes) -> None:
    assert host.take((EVERYBODY + GUEST_MAC + b"\x08\x06") + question) == []


# --- IPv4 and ICMP ---

PING = with_sum(b"\x08\0\0\0\x12\x34\0\x07" + bytes(range(57)), 2)


def test_a_ping_comes_back(host: Host) -> None:
    (answer,) = host.take(frame(ip_packet(ICMP, GUEST, HOST, PING)))
    protocol, target, payload = opened(answer)
    assert (protocol, target) == (ICMP, GUEST)
    assert payload[:2] == b"\0\0"
    assert payload[4:] == PING[4:]


def test_headers_with_options_are_understood(host: Host) -> None:
    packet = ip_packet(ICMP, GUEST, HOST, PING)
    header = bytearray(packet[:20] + b"\x01\x01\x01\x00")
    header[0] = 0x46
    header[2:4] = struct.pack(">H", len(packet) + 4)
    header[10:12] = b"\0\0"
    (answer,) = host.take(frame(with_sum(bytes(header), 10) + PING))
    assert opened(answer)[2][4:] == PING[4:]


def damaged(data: bytes, at: int, value: int = 0x55) -> bytes:
    return data[:at] + bytes([data[at] ^ value]) + data[at + 1 :]


def refragmented(offset: int) -> bytes:
    packet = bytearray(ip_packet(ICMP, GUEST, HOST, PING))
    packet[6:8] = struct.pack(">H", offset)
    packet[10:12] = b"\0\0"
    return with_sum(bytes(packet[:20]), 10) + bytes(packet[20:])


@pytest.mark.parametrize(
    "packet",
    [
        damaged(ip_packet(ICMP, GUEST, HOST, PING), 10),  # header checksum
        damaged(ip_packet(ICMP, GUEST, HOST, PING), 40),  # data
        ip_packet(ICMP, GUEST, STRANGER, PING),
        ip_packet(ICMP, GUEST, HOST, with_sum(b"\0\0\0\0" + PING[4:], 2)),  # a reply
        ip_packet(ICMP, GUEST, HOST, PING[:4]),
        ip_packet(200, GUEST, HOST, PING),
        ip_packet(ICMP, GUEST, HOST, PING)[:50],
        refragmented(0x2000),  # more fragments
        refragmented(0x0010),
        b"\x65" + ip_packet(ICMP, GUEST, HOST, PING)[1:],
        b"",
    ],
)
def test_what_is_wrong_is_not_answered(host: Host, packet: bytes) -> None:
    data = HOST_MAC + GUEST_MAC + b"\x08\0" + packet
    assert host.take(data) == []


def test_frames_for_others_are_not_answered(host: Host) -> None:
    assert host.take(frame(ip_packet(ICMP, GUEST, HOST, PING), target=b"\x02\0\0\0\0\x77")) == []
    assert host.take(b"\xff" * 13) == []


# --- UDP ---


@pytest.mark.parametrize("size", [0, 1, 64, 1472])
def test_udp_echo(host: Host, size: int) -> None:
    data = bytes(n & 0xFF for n in range(size))
    (answer,) = host.take(frame(udp_packet(GUEST, HOST, (4000, 7), data)))
    protocol, target, payload = opened(answer)
    assert (protocol, target) == (UDP, GUEST)
    assert payload[:6] == struct.pack(">HHH", 7, 4000, 8 + size)
    assert payload[8:] == data


def test_a_datagram_without_checksum_is_taken(host: Host) -> None:
    bare = struct.pack(">HHHH", 4000, 7, 13, 0) + b"hello"
    (answer,) = host.take(frame(ip_packet(UDP, GUEST, HOST, bare)))
    assert opened(answer)[2][8:] == b"hello"


def test_damaged_datagrams_and_other_ports_are_silent(host: Host) -> None:
    packet = udp_packet(GUEST, HOST, (4000, 7), b"hello")
    assert host.take(frame(packet[:-1] + b"!")) == []
    assert host.take(frame(udp_packet(GUEST, HOST, (4000, 8), b"hello"))) == []
    assert host.take(frame(ip_packet(UDP, GUEST, HOST, struct.pack(">HHHH", 4000, 7, 40, 0) + b"hello"))) == []


# --- DHCP ---

COOKIE = bytes([99, 130, 83, 99])
DISCOVER, OFFER, REQUEST, ACKNOWLEDGE, REFUSE, INFORM = 1, 2, 3, 5, 6, 8


def dhcp(kind: int, *options: bytes, client: bytes = NOBODY) -> bytes:
    """A client's message (RFC 2131, figure 1)."""
    head = bytes([1, 1, 6, 0]) + b"XID!" + b"\0\0\x80\0" + client + bytes(12) + GUEST_MAC.ljust(16, b"\0") + bytes(192)
    body = COOKIE + bytes([53, 1, kind]) + b"".join(options) + b"\xff"
    return frame(udp_packet(NOBODY, b"\xff" * 4, (68, 67), head + body), target=EVERYBODY)


def answered(host: Host, message: bytes) -> tuple[bytes, dict[int, bytes]]:
    (answer,) = host.take(message)
    protocol, target, payload = opened(answer)
    assert (protocol, target) == (UDP, b"\xff" * 4)
    assert payload[:4] == struct.pack(">HH", 67, 68)
    message = payload[8:]
    assert message[:3] == bytes([2, 1, 6])
    assert message[4:8] == b"XID!"
    assert message[10:12] == b"\x80\0"
    assert message[28:44] == GUEST_MAC.ljust(16, b"\0")
    assert message[236:240] == COOKIE
    options, at = {}, 240
    while message[at] != 255:
        options[message[at]] = message[at + 2 : at + 2 + message[at + 1]]
        at += 2 + message[at + 1]
    return message[16:20], options


def test_dhcp_offers_and_leases(host: Host) -> None:
    yours, options = answered(host, dhcp(DISCOVER))
    assert (yours, options[53]) == (GUEST, bytes([OFFER]))
    assert (options[1], options[3], options[54]) == (bytes([255, 255, 255, 0]), HOST, HOST)
    yours, options = answered(host, dhcp(REQUEST, bytes([50, 4]) + GUEST, bytes([54, 4]) + HOST))
    assert (yours, options[53]) == (GUEST, bytes([ACKNOWLEDGE]))
    assert int.from_bytes(options[51], "big") > 3600


def test_dhcp_refuses_another_address(host: Host) -> None:
    yours, options = answered(host, dhcp(REQUEST, bytes([50, 4]) + STRANGER, bytes([54, 4]) + HOST))
    assert (yours, options[53]) == (NOBODY, bytes([REFUSE]))
    assert set(options) == {53, 54}


def test_dhcp_informs_without_lease(host: Host) -> None:
    yours, options = answered(host, dhcp(INFORM, client=STRANGER))
    assert (yours, options[53]) == (NOBODY, bytes([ACKNOWLEDGE]))
    assert 51 not in options


def test_dhcp_leaves_clients_of_other_servers_alone(host: Host) -> None:
    assert host.take(dhcp(REQUEST, bytes([50, 4]) + GUEST, bytes([54, 4]) + STRANGER)) == []


# --- the wire ---


def test_answers_take_their_time(bench: Bench) -> None:
    arrived: list[tuple[int, int]] = []
    network = Network(bench.clock, lambda data: arrived.append((bench.now, len(data))))
    for _ in range(2):
        network.send(frame(udp_packet(GUEST, HOST, (4000, 7), bytes(1000))))
    bench.advance(100_000)
    assert not arrived
    bench.advance(10_000_000)
    size = 14 + 20 + 8 + 1000
    assert [length for _, length in arrived] == [size] * 2
    assert arrived[1][0] - arrived[0][0] == (8 + size + 4 + 12) * 80  # ns at 100 Mbit/s
    assert arrived[0][0] > (8 + size + 4 + 12) * 80
