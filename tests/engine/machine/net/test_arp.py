# SPDX-License-Identifier: GPL-2.0-or-later
"""Address resolution (RFC 826)."""

from __future__ import annotations

import struct

import pytest

from engine.machine.net.gateway import Host
from tests.engine.machine.packets import GUEST, GUEST_MAC, HOST, HOST_MAC, STRANGER, frame
from tests.guestimg.wire import ARP, EVERYBODY, IP


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
