# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's IP stack alone: netd's code on a bare CPU, its system calls and the far end of its wire played here."""

from __future__ import annotations

import random
import re
import struct
from collections import deque
from collections.abc import Callable

import pytest
from unicorn import UC_ARCH_X86, UC_HOOK_INSN, UC_MODE_64
from unicorn.unicorn_py3.unicorn import Uc
from unicorn.x86_const import (
    UC_X86_INS_SYSCALL,
    UC_X86_REG_RAX,
    UC_X86_REG_RDI,
    UC_X86_REG_RDX,
    UC_X86_REG_RIP,
    UC_X86_REG_RSI,
    UC_X86_REG_RSP,
)

from engine.guest import bundled
from tests.guestimg.guest import KERNEL, program, symbol_rows
from tests.guestimg.wire import ARP, ICMP, IP, LEASE, ROUTER, ROUTER_MAC, Router, ip_packet, udp_packet, with_sum

MAC = bytes.fromhex("525400123456")
STACK, STACK_BYTES = 0x7FFFFE0000, 0x10000
PAGE = 4096
NOTHING = (1 << 64) - 1


class Netd:
    """netd's program. Time passes only while it waits for a frame that does not come."""

    def __init__(self, router: Router | None) -> None:
        self.router = router
        self.now = 0
        self.limit = 0
        self.text = ""
        self.inbox: deque[bytes] = deque()
        self.sent: list[bytes] = []
        base, image, size = program("netd")
        end = max(row[0] for row in symbol_rows() if row[3] == "netd") + PAGE
        self._cpu = Uc(UC_ARCH_X86, UC_MODE_64)
        self._cpu.mem_map(base, (end - base + 2 * PAGE) // PAGE * PAGE)
        self._cpu.mem_map(STACK, STACK_BYTES)
        with bundled.DISK_IMAGE.open("rb") as disk:
            disk.seek(512 + image - KERNEL)
            self._cpu.mem_write(base, disk.read(size))
        self._cpu.reg_write(UC_X86_REG_RSP, STACK + STACK_BYTES - 64)
        self._cpu.hook_add(UC_HOOK_INSN, self._system_call, None, 1, 0, UC_X86_INS_SYSCALL)
        self._at = next(row[0] for row in symbol_rows() if row[2:] == ("_start", "netd"))

    def run(self, milliseconds: int) -> None:
        """Let it work for a span of its own time."""
        self.limit = self.now + milliseconds
        self._cpu.emu_start(self._at, 0)
        self._at = self._cpu.reg_read(UC_X86_REG_RIP)

    def answered(self) -> dict[str, tuple[int, int]]:
        """What it printed last: of each kind, how many were answered, of how many."""
        line = [line for line in self.text.splitlines() if line.startswith("netd: answered")][-1]
        return {name: (int(good), int(all_)) for good, all_, name in re.findall(r"(\d+) of (\d+) (\w+)", line)}

    def _system_call(self, cpu: Uc, _: object) -> None:
        number, *arguments = (
            cpu.reg_read(name) for name in (UC_X86_REG_RAX, UC_X86_REG_RDI, UC_X86_REG_RSI, UC_X86_REG_RDX)
        )
        handlers: dict[int, Callable[[int, int], int]] = {
            1: self._write,
            2: self._sleep,
            3: lambda *_: self.now,
            16: self._address,
            17: self._send,
            18: self._receive,
        }
        cpu.reg_write(UC_X86_REG_RAX, handlers[number](arguments[0], arguments[1]))
        if self.now >= self.limit:
            cpu.emu_stop()

    def _write(self, address: int, size: int) -> int:
        self.text += bytes(self._cpu.mem_read(address, size)).decode("ascii")
        return size

    def _sleep(self, milliseconds: int, _: int) -> int:
        self.now += milliseconds
        return 0

    def _address(self, address: int, _: int) -> int:
        if self.router is None:
            return NOTHING
        self._cpu.mem_write(address, MAC)
        return 0

    def _send(self, address: int, size: int) -> int:
        assert self.router is not None
        frame = bytes(self._cpu.mem_read(address, size))
        self.sent.append(frame)
        self.inbox.extend(self.router.take(frame))
        return 0

    def _receive(self, address: int, milliseconds: int) -> int:
        if not self.inbox:
            self.now += milliseconds
            return 0
        frame = self.inbox.popleft().ljust(60, b"\0")
        self._cpu.mem_write(address, frame)
        return len(frame)


ROUND = 12_100
"""Milliseconds of one round of its phases."""


def test_it_gets_an_address_and_talks_to_the_router() -> None:
    router = Router(MAC)
    netd = Netd(router)
    netd.run(ROUND)
    assert "netd: address 10.0.2.15, router 10.0.2.2\n" in netd.text
    answered = netd.answered()
    assert set(answered) == {"pings", "datagrams", "streams"}
    assert all(good == all_ > 5 for good, all_ in answered.values())
    assert router.seen["UDP 67"] == 2
    assert router.seen["ARP 1"] == 1
    assert answered["pings"] == (router.seen["ICMP 8"],) * 2
    assert answered["datagrams"] == (router.seen["UDP 7"],) * 2
    assert answered["streams"] == (len(router.streams),) * 2
    assert all(len(stream.data) == 8 * 700 and stream.closed for stream in router.streams.values())


def test_lost_frames_are_sent_again_where_the_protocol_promises_it() -> None:
    router = Router(MAC, lose=7)
    netd = Netd(router)
    netd.run(ROUND)
    answered = netd.answered()
    assert answered["streams"][0] == answered["streams"][1] > 1
    for kind in ("pings", "datagrams"):
        assert 0 < answered[kind][0] < answered[kind][1]
    assert all(len(stream.data) == 8 * 700 for stream in router.streams.values())


@pytest.mark.parametrize("router", [Router(MAC, damage=True), Router(MAC, refuse=True)], ids=["damaged", "refused"])
def test_a_bad_stream_is_no_answer(router: Router) -> None:
    netd = Netd(router)
    netd.run(ROUND)
    good, all_ = netd.answered()["streams"]
    assert good == 0 < all_


def test_without_a_card_it_says_so() -> None:
    netd = Netd(None)
    netd.run(200_000)
    assert netd.text == "netd: no network card\n"


def test_without_answers_it_keeps_asking() -> None:
    netd = Netd(Router(MAC, lose=1))
    netd.run(60_000)
    assert netd.text == ""
    assert len(netd.sent) > 30
    assert {frame[:6] for frame in netd.sent} == {b"\xff" * 6}


def frame(kind: int, payload: bytes, to: bytes = MAC) -> bytes:
    return to + ROUTER_MAC + struct.pack(">H", kind) + payload


@pytest.fixture
def settled() -> Netd:
    """netd in its quiet phase."""
    netd = Netd(Router(MAC))
    netd.run(9_500)
    netd.sent.clear()
    return netd


def test_it_answers_arp_pings_and_udp_echo(settled: Netd) -> None:
    settled.inbox += [
        frame(ARP, struct.pack(">HHBBH", 1, IP, 6, 4, 1) + ROUTER_MAC + ROUTER + bytes(6) + LEASE, b"\xff" * 6),
        frame(IP, ip_packet(ICMP, ROUTER, LEASE, with_sum(b"\x08\0\0\0\x12\x34\0\x01hello", 2))),
        frame(IP, udp_packet(ROUTER, LEASE, (999, 7), b"echo me")),
    ]
    settled.run(1000)
    arp, ping, echo = settled.sent
    assert arp[:6] == ROUTER_MAC
    assert arp[14:] == struct.pack(">HHBBH", 1, IP, 6, 4, 2) + MAC + LEASE + ROUTER_MAC + ROUTER
    assert ping[34:] == with_sum(b"\0\0\0\0\x12\x34\0\x01hello", 2)
    assert struct.unpack(">HH", echo[34:38]) == (7, 999)
    assert echo[42:] == b"echo me"


def test_what_is_not_for_it_or_broken_stays_unanswered(settled: Netd) -> None:
    ping = with_sum(b"\x08\0\0\0\x12\x34\0\x01hello", 2)
    good = ip_packet(ICMP, ROUTER, LEASE, ping)
    settled.inbox += [
        frame(IP, ip_packet(ICMP, ROUTER, bytes([10, 0, 2, 77]), ping)),
        frame(IP, ip_packet(ICMP, ROUTER, LEASE, ping[:-1] + b"!")),
        frame(IP, good[:8] + b"\x01" + good[9:]),
        frame(IP, good[:19]),
        frame(IP, udp_packet(ROUTER, LEASE, (999, 8), b"nobody there")),
        frame(ARP, struct.pack(">HHBBH", 1, IP, 6, 4, 1) + ROUTER_MAC + ROUTER + bytes(6) + bytes([10, 0, 2, 77])),
    ]
    settled.run(1000)
    assert settled.sent == []


def test_garbage_does_no_harm(settled: Netd) -> None:
    """Frames with lengths and contents that lie; netd's accesses outside its memory would end the run."""
    chance = random.Random(8139)
    valid = [
        frame(IP, ip_packet(ICMP, ROUTER, LEASE, with_sum(b"\x08\0\0\0\x12\x34\0\x01hello", 2))),
        frame(IP, udp_packet(ROUTER, LEASE, (67, 68), bytes(300))),
        frame(IP, udp_packet(ROUTER, LEASE, (999, 7), bytes(64))),
        frame(ARP, struct.pack(">HHBBH", 1, IP, 6, 4, 2) + ROUTER_MAC + ROUTER + bytes(6) + LEASE),
    ]
    for _ in range(2000):
        data = bytearray(chance.choice(valid))
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if data[12:14] == b"\x08\0":  # with a right sum, so that it gets past the first check
            data[24:26] = b"\0\0"
            data[14:34] = with_sum(bytes(data[14:34]), 10)
        settled.inbox.append(bytes(data[: chance.randrange(14, 1515)]))
    settled.run(ROUND)
    assert not settled.inbox
    before = settled.answered()
    settled.run(ROUND)
    assert all(settled.answered()[kind][0] > before[kind][0] for kind in before)
