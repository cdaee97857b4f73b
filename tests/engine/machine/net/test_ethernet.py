# SPDX-License-Identifier: GPL-2.0-or-later
"""Ethernet II frames."""

from __future__ import annotations

from engine.machine.net.ethernet import TYPE_ARP, EthernetFrame, decode

A, B = bytes(range(6)), bytes(range(6, 12))


def test_a_short_payload_is_padded() -> None:
    data = EthernetFrame(A, B, TYPE_ARP, b"hello").encode()
    assert len(data) == 60
    assert data[:19] == A + B + b"\x08\x06" + b"hello"


def test_what_is_encoded_decodes() -> None:
    frame = EthernetFrame(A, B, 0x0800, bytes(100))
    assert decode(frame.encode()) == frame


def test_a_frame_without_its_header_is_none() -> None:
    assert decode(bytes(13)) is None
    assert decode(bytes(14)) == EthernetFrame(bytes(6), bytes(6), 0, b"")
