# SPDX-License-Identifier: GPL-2.0-or-later
"""The local APIC where the CPU and scripts find it."""

from __future__ import annotations

from engine import VirtualMachine
from engine.guest import bundled
from engine.guest.bundled_tables import guest_counters
from engine.machine.machine import Machine

MANUAL_SAMPLE = """
; Read the APIC version.
(vprobe VMMLoad
  (printf "VCPU %d: APIC version = %x\\n" VCPUID
    (getguestphys (+ APIC_BASEPA 48))))
"""
NMIS = "(defaggr nmis 0 0)\n(vprobe Guest_NMI (aggr nmis () () 1))"


def test_the_manual_s_sample_prints_what_the_manual_prints() -> None:
    with VirtualMachine.bundled() as vm:
        vm.load(MANUAL_SAMPLE)
        (frame,) = vm.frames(0.1)
    assert frame.log == "VCPU 0: APIC version = 40011\n"
    assert not frame.errors


def test_nmis_by_message_reach_the_guest() -> None:
    with VirtualMachine.bundled() as vm:
        script = vm.load(NMIS)
        vm.run(8)
        (row,) = script.aggregates["nmis"]
        machine = vm._machine
        counts = machine.device_counts()["local APIC"]
        guest = guest_counters(machine.core, bundled.symbols()).totals["NMIs"]
    assert row.count == counts["NMIs"] == counts["messages sent"] == guest > 10


def test_memory_where_no_device_answers() -> None:
    with Machine() as machine:
        assert machine.access.memory_peek(0, 0xFED40000) is None
        assert machine.access.memory_read(0, 0xFED40000, 4) == 0xFFFFFFFF
        assert machine.access.memory_peek(0, 0xFEE00030) == 0x40011
