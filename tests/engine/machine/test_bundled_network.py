# SPDX-License-Identifier: GPL-2.0-or-later
"""Network traffic of the bundled guest: its own books, the devices' counts and the probes' agree."""

from __future__ import annotations

import re

from engine import VirtualMachine
from engine.guest import bundled
from engine.guest.bundled_tables import guest_counters

SECONDS = 13
"""a whole round of netd's phases"""
SCRIPT = """
(defaggr frames 1 1)
(vprobe MAC_SendPacket (aggr frames (ARG0) ("sent") 1))
(vprobe MAC_ReceivePacket (aggr frames (ARG0) ("received") 1))
"""
VCPU_STATE = "(vprobe MAC_SendPacket (logint RIP))"


def test_everybody_counts_the_same_frames() -> None:
    with VirtualMachine.bundled() as vm:
        script = vm.load(SCRIPT)
        console = "".join(frame.console for frame in vm.frames(SECONDS))
        machine = vm._machine
        books = guest_counters(machine.core, bundled.symbols())
        card, network = machine.device_counts()["RTL8139"], machine.device_counts()["network"]
        rows = {(row.strings[0], *row.integers): row.count for row in script.aggregates["frames"]}
    assert re.findall(r"netd: address (\S+), router (\S+)\r", console) == [("10.0.2.15", "10.0.2.2")]
    ((*numbers,),) = re.findall(r"answered (\d+) of (\d+) pings, (\d+) of (\d+) datagrams, (\d+) of (\d+) str", console)
    assert numbers[::2] == numbers[1::2]
    assert all(int(number) > 5 for number in numbers)
    assert rows["sent", 0] == card["frames sent"] == books.totals["frames sent"] > 100
    assert rows["received", 0] == card["frames received"] == books.totals["frames received"] > 100
    assert "frames missed" not in card
    assert network["pings"] >= int(numbers[1])
    assert (network["UDP echoes"], network["TCP connections"]) == (int(numbers[3]), int(numbers[5]))
    assert "TCP refusals" not in network


def test_there_is_no_vcpu_where_frames_are_sent() -> None:
    with VirtualMachine.bundled() as vm:
        vm.load(VCPU_STATE)
        (*_, frame) = vm.frames(2)
    assert frame.log == ""
    assert frame.errors
    assert all("RIP is VCPU state: no access to it on non-vcpu vmx threads" in error.message for error in frame.errors)
