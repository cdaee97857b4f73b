# SPDX-License-Identifier: GPL-2.0-or-later
"""Disk_*, MAC_*, Guest_IRQ, exceptions, SMIs and exits on the bundled guest, against its books and the devices'."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from engine.machine.devices.disk_model import DiskModel
from engine.machine.machine import Machine
from engine.probes.runtime_errors import describe
from engine.probes.script_host import ScriptHost
from engine.vp import Limits
from tests.engine.probes.small import covers
from tests.guestimg.guest import Guest

SECONDS = 4
DISK = """
(vprobe Disk_IOStart (printf "1 %d %d %d %d %d %d %d %d %d\\n" TSC ARG0 ARG1 ARG2 ARG3 ARG4 ARG5 ARG6 ARG7))
(vprobe Disk_IOFinish (printf "2 %d %d %d %d %d %d %d %d %d\\n" TSC ARG0 ARG1 ARG2 ARG3 ARG4 ARG5 ARG6 ARG7))
"""


class Recorder:
    """A disk model that remembers what it was asked for."""

    ways = 1

    def __init__(self, model: DiskModel) -> None:
        self.model = model
        self.requests: list[tuple[int, int, int]] = []
        self.taken: list[int] = []

    def service_ns(self, now_ns: int, first: int, count: int, write: bool) -> int:
        self.requests.append((first, count, write))
        self.taken.append(self.model.service_ns(now_ns, first, count, write))
        return self.taken[-1]


@contextmanager
def bundled(script: str) -> Iterator[tuple[Guest, ScriptHost]]:
    """The bundled guest, up and idle, with a script."""
    guest = Guest()
    host = ScriptHost(guest.machine.core, guest.machine.ncpus, None, Limits())
    try:
        guest.boot()
        guest.until_idle()
        host.load("script.vp", script)
        yield guest, host
    finally:
        host.reset()
        guest.machine.close()


def lines(guest: Guest) -> list[tuple[int, ...]]:
    """What was printed, as numbers."""
    return [
        tuple(int(word, 0) for word in line.split()) for line in guest.machine.core.take_log().decode().splitlines()
    ]


@covers("Disk_IOStart", "Disk_IOFinish")
def test_requests_of_the_disk_with_all_arguments() -> None:
    with bundled(DISK) as (guest, _):
        channel = guest.machine.motherboard.disk
        assert channel is not None
        recorder = channel._model = Recorder(channel._model)
        before, counts = guest.books(), guest.machine.device_counts()["ATA"]
        guest.machine.run_seconds(SECONDS)
        guest.until_idle()
        after, now = guest.books(), guest.machine.device_counts()["ATA"]
        seen = lines(guest)
    started = [line for line in seen if line[0] == 1]
    finished = [line for line in seen if line[0] == 2]
    assert len(started) > 50
    assert 0 <= len(started) - len(finished) <= 1
    for start, finish in zip(started, finished, strict=False):
        assert start[2:] == finish[2:]
        assert start[1] < finish[1]
    assert len({line[6] for line in started}) == len(started)  # identifiers
    assert {line[2:5] for line in started} == {(0, 0, 0)}
    assert sum(line[5] for line in started) == now["reads"] - counts["reads"]
    assert sum(1 - line[5] for line in started) == now["writes"] - counts["writes"]
    assert sum(line[8] for line in started if line[5]) == now["sectors read"] - counts["sectors read"]
    kernel = {name: after.totals[name] - before.totals[name] for name in after.totals}
    assert abs(sum(line[5] for line in started) - kernel["disk reads"]) <= 1
    assert abs(sum(1 - line[5] for line in started) - kernel["disk writes"]) <= 1
    asked = [(line[7], line[8], 1 - line[5]) for line in started]
    assert asked[: len(recorder.requests)] == recorder.requests
    assert all(line[9] >= 1 for line in started)
    for (_, begun, *_), (_, ended, *_), nanoseconds in zip(started, finished, recorder.taken, strict=False):
        assert 0 <= ended - begun - nanoseconds < 50_000  # a tick is a nanosecond; the driver starts the bus master


@covers("MAC_SendPacket", "MAC_ReceivePacket")
def test_packets_of_the_network_card() -> None:
    script = """
    (vprobe MAC_SendPacket (printf "1 %d %d %d\\n" TSC ARG0 THREADID))
    (vprobe MAC_ReceivePacket (printf "2 %d %d %d\\n" TSC ARG0 THREADID))
    """
    with bundled(script) as (guest, _):
        before, counts = guest.books(), guest.machine.device_counts()["RTL8139"]
        guest.machine.run_seconds(SECONDS)
        guest.until_idle()
        after, now = guest.books(), guest.machine.device_counts()["RTL8139"]
        seen = lines(guest)
    sent, received = ([line for line in seen if line[0] == kind] for kind in (1, 2))
    assert len(sent) == now["frames sent"] - counts["frames sent"]
    assert len(received) == now["frames received"] - counts["frames received"]
    assert len(sent) == after.totals["frames sent"] - before.totals["frames sent"] > 5
    assert len(received) == after.totals["frames received"] - before.totals["frames received"] > 5
    assert {line[2:] for line in seen} == {(0, 1)}  # the first card; a thread that is no VCPU's
    assert all(first[1] <= second[1] for first, second in itertools.pairwise(seen))


@covers("MAC_SendPacket", "MAC_ReceivePacket", "VMX1Hz")
@pytest.mark.parametrize("name", ["MAC_SendPacket", "MAC_ReceivePacket", "VMX1Hz"])
def test_there_is_no_vcpu_state_outside_vcpus(name: str) -> None:
    """Manual, p. 28: a script that asks for it there ends with an error, each time."""
    script = f"(defun where () RIP)\n(definteger n)\n(vprobe {name} (setint n (+ n 1)) (where) (setint n 1000))"
    with bundled(script) as (guest, host):
        guest.machine.run_seconds(SECONDS)
        (loaded,) = host.scripts
        stats = loaded.core.probe_stats(0)
        assert stats.hits == stats.errors > 1
        (error,) = loaded.core.errors()
        assert describe(error.kind, error.detail) == "RIP is VCPU state: no access to it on non-vcpu vmx threads"
        assert loaded.core.integer(guest.machine.ncpus, 0) == stats.hits


@covers("Guest_IRQ", "SMM_SMIPre", "Guest_NMI")
def test_counts_agree_with_the_guest_s_books() -> None:
    """Interrupts by line (vectors from 32 on), context switches, SMIs, NMIs, exceptions that processes survive."""
    vectors = {"DE": 0, "BP": 3, "UD": 6, "NM": 7, "NP": 11, "SS": 12, "GP": 13, "PF": 14, "MF": 16}
    faults = "".join(f"(vprobe Guest_{name} (aggr faults ({vector}) () 1))" for name, vector in vectors.items())
    script = f"""
    (defaggr irqs 1 0) (defaggr faults 1 0) (defaggr events 1 0)
    (vprobe Guest_IRQ (aggr irqs (ARG0) () 1))
    (vprobe SMM_SMIPre (aggr events (0) () 1))
    (vprobe Guest_NMI (aggr events (1) () 1))
    {faults}
    """
    with bundled(script) as (guest, host):
        before, begun = guest.books(), guest.machine.counters()
        guest.machine.run_seconds(8)
        guest.until_idle()
        after, ended = guest.books(), guest.machine.counters()
        names = [info.name for info in host.scripts[0].program.aggregates]
        found: dict[str, Counter[int]] = {}
        for number, name in enumerate(names):
            packed = host.scripts[0].core.rows(number)
            found[name] = Counter(dict(zip(*map(packed.columns.column, range(2)), strict=True)))
    assert sum(found["irqs"].values()) == ended.interrupts - begun.interrupts > 1000
    for line in range(16):
        assert found["irqs"][32 + line] == after.interrupts[line] - before.interrupts[line], line
    for vector in vectors.values():
        assert found["faults"][vector] == ended.exceptions[vector] - begun.exceptions[vector]
        assert found["faults"][vector] == after.exceptions[vector] - before.exceptions[vector], vector
    assert sum(found["faults"].values()) > 100
    assert found["events"][0] == ended.smis - begun.smis == after.totals["SMIs"] - before.totals["SMIs"] > 0
    assert found["events"][1] == after.totals["NMIs"] - before.totals["NMIs"] > 0


@covers("HV_Exit")
def test_a_top_of_exit_reasons_agrees_with_the_machine() -> None:
    script = "(defaggr reasons 1 0) (vprobe HV_Exit (aggr reasons (VMCS_EXIT_REASON) () 1))"
    with bundled(script) as (guest, host):
        before = exits(guest.machine)
        guest.machine.run_seconds(SECONDS)
        after = exits(guest.machine)
        packed = host.scripts[0].core.rows(0)
        found = dict(zip(*map(packed.columns.column, range(2)), strict=True))
    assert found == after - before
    assert {0, 1, 12, 28, 30, 48} <= found.keys()  # exceptions, interrupts, HLT, CR3, ports, the card's registers


def exits(machine: Machine) -> Counter[int]:
    """By reason, as people see them."""
    return Counter({int(name.split()[0]): count for name, count in machine.device_counts()["exits"].items()})
