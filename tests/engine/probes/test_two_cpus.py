# SPDX-License-Identifier: GPL-2.0-or-later
"""Scripts on two CPUs: where their probes fire, and that they change nothing."""

from __future__ import annotations

from collections import Counter

from tests.engine.machine.two_cpus import COUNT_TOGETHER, SECOND, START, seen
from tests.engine.probes.small import guest

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
