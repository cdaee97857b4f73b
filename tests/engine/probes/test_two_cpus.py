# SPDX-License-Identifier: GPL-2.0-or-later
"""Scripts on two CPUs: where their probes fire, and that they change nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from engine.core.binding import Event
from engine.core.variables import Variable
from tests.engine.machine.two_cpus import COUNT_TOGETHER, SECOND, START, seen
from tests.engine.probes.small import Watched, guest

ROUNDS = 1000
GUEST = START + COUNT_TOGETHER + SECOND + "    call add\n    halt\n"
"""Each CPU calls `add` once, which adds to a number a thousand times."""
SECONDS = 0.02
EVERYTHING = """
(defaggr fired 2 1)
(defstring stack)
(vprobe GUEST:ENTER:<add> (aggr fired (VCPUID RIP) (PROBENAME) TSC) (gueststack stack))
(vprobe GUEST:EXIT:<add> (aggr fired (VCPUID RIP) (PROBENAME) TSC))
(vprobe GUEST_READ:0x300000 (aggr fired (VCPUID RIP) (PROBENAME) (+ TSC RAX)))
(vprobe GUEST_WRITE:0x300010 (aggr fired (VCPUID RIP) (PROBENAME) (+ TSC RAX)))
(vprobe HV_Exit (aggr fired (VCPUID VMCS_EXIT_REASON) (PROBENAME) TSC))
(vprobe In (aggr fired (VCPUID ARG0) (PROBENAME) TSC))
(vprobe USEC:7 (aggr fired (VCPUID RIP) (PROBENAME) (+ TSC RCX)))
(vprobe VMX:TIMER:13usec (aggr fired (0 0) (PROBENAME) TSC))
(vprobe VMM10Hz (aggr fired (VCPUID RIP) (PROBENAME) TSC))
"""


def test_scripts_leave_two_cpus_alone_and_say_the_same_again() -> None:
    """In every byte of RAM, every register, every counter."""
    ends, said = [], []
    for script in ("", EVERYTHING, EVERYTHING):
        with guest(GUEST, script, cpus=2) as watched:
            watched.run(SECONDS)
            ends.append(seen(watched.machine))
            if script:
                (loaded,) = watched.host.scripts
                assert not watched.errors()
                said.append(loaded.core.rows(0))
    assert ends[0] == ends[1] == ends[2]
    assert said[0] == said[1]
    assert said[0].rows > 20


def test_probes_fire_on_the_cpu_that_causes_the_event() -> None:
    script = """
    (vprobe GUEST:<add> (printf "%d %d\\n" VCPUID NUMVCPUS))
    (vprobe GUEST_WRITE:0x300010 (cond ((== (& RCX 0xff) 0xff) (printf "%d 0\\n" VCPUID))))
    """
    with guest(GUEST, script, cpus=2) as watched:
        watched.run(SECONDS)
        found = Counter(watched.numbers)
    assert found[0, 2] == found[1, 2] == 1
    assert found[0, 0] >= 3 * 2
    assert found[1, 0] >= 3 * 2


def test_a_function_returns_on_the_cpu_that_called_it() -> None:
    """Though the other calls it meanwhile."""
    script = """
    (vprobe GUEST:ENTER:<add> (printf "0 %d\\n" VCPUID))
    (vprobe GUEST:EXIT:<add> (printf "1 %d\\n" VCPUID))
    """
    with guest(GUEST, script, cpus=2) as watched:
        watched.run(SECONDS)
        lines = watched.numbers
    assert sorted(lines[:2]) == [(0, 0), (0, 1)]
    assert sorted(lines[2:]) == [(1, 0), (1, 1)]


def test_whole_parts_of_a_second_are_on_the_first_and_samples_on_all_that_run() -> None:
    """The second is started late; whether a CPU is halted does not matter."""
    wait = "movl $4000000, %ecx\n 2: loop 2b\n"
    with guest(START + wait + "start_second\n halt\n" + SECOND + "    halt\n", cpus=2) as watched:
        watched.load('(vprobe VMM10Hz (printf "10 %d\\n" VCPUID)) (vprobe USEC:20000 (printf "%d %d\\n" TSC VCPUID))')
        watched.run(0.201)
        lines = watched.numbers
    assert [cpu for period, cpu in lines if period == 10] == [0, 0]
    samples = [cpu for period, cpu in lines if period != 10]
    assert samples.count(0) == 10
    assert 0 < samples.count(1) < 10
    assert samples[-2:] == [0, 1]


PING = f"""
    {START}
    gate 2, on_nmi
    gate 0x60, on_ping
    movl $0x300000, %esi
    start_second
    sti
1:  hlt
    jmp 1b
on_nmi:
    incq 8(%rsi)
    iretq
on_ping:                        # count, and send both to the other CPU, which halts
    pushq %rbx
    pushq %rax
    incq (%rsi)
    movl $LAPIC + 0x20, %ebx
    movl (%rbx), %eax
    notl %eax
    andl $0x01000000, %eax
    movl $LAPIC + 0x310, %ebx
    movl %eax, (%rbx)
    eoi
    lapic 0x300, 0x400          # NMI
    lapic 0x300, 0x60
    popq %rax
    popq %rbx
    iretq
    {SECOND}
    movl $0x300010, %esi
    lapic 0x310, 0
    lapic 0x300, 0x60
    sti
1:  hlt
    jmp 1b
"""
"""Both CPUs sleep, and wake each other by an NMI and an interrupt."""
SEEN_OF_PING = """
(vprobe Guest_IRQ 1) (vprobe Guest_NMI 1) (vprobe GUEST_WRITE:0x300008 1) (vprobe USEC:5 1) (vprobe VMX:TIMER:7usec 1)
(vprobe HV_Exit 1)
"""
PLACES = 120


def events(watched: Watched, event: Event) -> int:
    """How many there were."""
    if event == "firing":
        return sum(watched.hits(0, probe) for probe in range(6))
    counters = watched.machine.counters()
    return counters.blocks if event == "block" else counters.interrupts


def test_ping_wakes_both() -> None:
    with guest(PING, SEEN_OF_PING, cpus=2) as watched:
        watched.run(0.002)
        assert min(watched.result(number) for number in range(4)) > 20
        assert min(watched.hits(0, probe) for probe in range(6)) > 20


@pytest.mark.parametrize("event", ["block", "interrupt", "firing"])
def test_a_run_ends_with_the_block_of_the_awaited_event(event: Event) -> None:
    """On whichever CPU, where a run tick by tick meets it; and nothing else differs afterwards."""

    def await_it(watched: Watched) -> None:
        core = watched.machine.core
        core.await_event(event)
        watched.run(1)
        assert core.has_happened()
        core.await_event(None)

    def meet_it(watched: Watched) -> None:
        count = events(watched, event)
        while events(watched, event) == count:
            watched.machine.run(watched.machine.ticks + 1)

    assert _places(event, await_it) == _places(event, meet_it)


def _places(event: Event, go_on: Callable[[Watched], None]) -> list[tuple[object, ...]]:
    """Where the machine is after each of many events, and all of it at a later moment."""
    found: list[tuple[object, ...]] = []
    with guest(PING, SEEN_OF_PING, cpus=2) as watched:
        machine = watched.machine
        machine.run(1_000_000)
        while len(found) < PLACES:
            count = events(watched, event)
            go_on(watched)
            assert events(watched, event) > count
            hits = [watched.hits(0, probe) for probe in range(6)]
            states = [(cpu.variable(Variable.RIP), cpu.halted) for cpu in machine.cpus]
            found.append((machine.ticks, machine.counters(), hits, states))
        machine.run(1_400_000)
        return [*found, seen(machine)]
