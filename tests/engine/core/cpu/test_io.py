# SPDX-License-Identifier: GPL-2.0-or-later
"""What an access to a device costs in guest time."""

from __future__ import annotations

import struct

import pytest

from tests.engine.machine.protected_guest import HALT, RESULTS, started

DONE = RESULTS + 4
BUS_CYCLE = 1e-6
"""Seconds of an access on the ISA bus: eight cycles of 8.33 MHz are 0.96 microseconds."""


@pytest.mark.parametrize(
    ("access", "waits"),
    [
        ("inb $0x61, %al", True),
        ("outb %al, $0x80", True),
        ("movl 0xfed000f0, %eax", True),
        ("movl %eax, 0xfed000f0", False),
        ("movl 0xfee00020, %eax", False),
        ("movl 0x9100, %eax", False),
    ],
    ids=["port read", "port write", "HPET read", "HPET store", "local APIC read", "memory"],
)
def test_the_cpu_waits_for_devices(access: str, waits: bool) -> None:
    source = f"""guest:
    rdtsc
    movl %eax, %ebx
    {access}
    rdtsc
    subl %ebx, %eax
    movl %eax, {RESULTS}
    movl $1, {DONE}
    {HALT}"""
    with started(source) as machine:
        machine.run_seconds(0.001)
        spent, done = struct.unpack("<2I", machine.memory.read(RESULTS, 8))
        assert done
        assert (spent >= machine.tsc_hz * BUS_CYCLE) == waits
