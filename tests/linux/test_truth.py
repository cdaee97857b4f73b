# SPDX-License-Identifier: GPL-2.0-or-later
"""What probes count is what the kernel counts, at the moment at which the guest reads its own counters.

/proc/stat is made by show_stat and /proc/vmstat by vmstat_start: the probe on each prints what was counted until then.
Compared with a count taken before or after, by another reader, a few switches of that very reader are missing.
/proc/diskstats and /proc/net/dev are compared in test_devices.py, for every disk and network card, in the same boots as
the contents of the disk.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from engine import VirtualMachine
from engine.probes.frame import AggregateId
from tests.linux.conftest import SECONDS, Boot, run_until
from vptop.model.fold import EVERY
from vptop.model.irq import IrqHistory, processes
from vptop.model.known import KnownProcesses
from vptop.model.processkeys import ProcessKeys
from vptop.model.processtree import process_tree
from vptop.model.scriptfiles import LIBRARY
from vptop.model.session import Session

WORK = """
for i in 1 2 3; do
$B sleep 0.05
$B sh -c 'i=0; while [ $i -lt 200 ]; do i=$((i+1)); done' &
done
wait
"""
SCRIPT = """
(definteger switches) (definteger left) (definteger started) (definteger entered) (definteger completed)
(vprobe GUEST:ENTER:finish_task_switch (setint switches (+ switches 1)))
(vprobe GUEST:ENTER:__switch_to (setint left (+ left 1)))
(vprobe GUEST:ENTER:wake_up_new_task (setint started (+ started 1)))
(vprobe GUEST:ENTER:handle_mm_fault (setint entered (+ entered 1)))
(vprobe GUEST:EXIT:handle_mm_fault (cond ((== (& RAX 0x400) 0) (setint completed (+ completed 1)))))
(vprobe GUEST:ENTER:show_stat (printf "stat %d %d %d\\n" switches left started))
(vprobe GUEST:ENTER:vmstat_start (printf "vmstat %d %d\\n" entered completed))
"""


COUNTED = re.compile(r"irqs\[0x([0-9a-f]+),0x([0-9a-f]+)\] == avg 1 count (\d+)")
FAMILY = """
$B sh -c '$0 sleep 1000 & $0 sh -c "while true; do true; done" & wait' $B &
"""
"""A process with two children, of which one is busy."""
SEEN = """
(defaggr seen 1 1)
(vprobe GUEST:ENTER:entry_SYSCALL_64 (aggr seen ((curpid)) ((curprocname)) 1))
"""


def numbers(text: str, pattern: str) -> list[tuple[int, ...]]:
    return [tuple(int(group) for group in match.groups()) for match in re.finditer(pattern, text)]


@pytest.mark.parametrize("append", ["quiet pti=on", "quiet pti=off"])
def test_context_switches_processes_and_page_faults(boot: Boot, kernel: Path, append: str):
    printed: list[bytes] = []
    read = "$B cat /proc/stat; $B cat /proc/vmstat; echo DONE; $B sleep 1000\n"
    with boot(WORK + read, append=append, output=printed.append) as vm:
        vm.load(SCRIPT)
        console = run_until(vm, "DONE")
        assert not vm.latest.errors
    counted = b"".join(printed).decode()
    ((switches, left, started),) = numbers(counted, r"stat (\d+) (\d+) (\d+)")
    entered, completed = numbers(counted, r"vmstat (\d+) (\d+)\n")[0]
    assert numbers(console, r"ctxt (\d+)") == [(switches,)]
    assert left == switches
    assert numbers(console, r"processes (\d+)") == [(started,)]
    # since Linux 6.5 a fault that is to be tried again (VM_FAULT_RETRY, 0x400) counts when it is completed
    retried_once = tuple(int(part) for part in kernel.name.split("-")[1].split(".")[:2]) >= (6, 5)
    assert numbers(console, r"pgfault (\d+)") == [(completed if retried_once else entered,)]


@pytest.mark.parametrize("cpus", [1, 2])
def test_interrupts_by_line_and_cpu(boot: Boot, cpus: int):
    """Between two reads of /proc/interrupts; and the sum of what the dashboard shows of each second.

    arch_show_interrupts writes the lines of the local APIC, whose timer may tick while those before are written.
    """
    printed: list[bytes] = []
    script = """
    (defaggr irqs 2 0) (defaggr running 1 1)
    (vprobe Guest_IRQ (aggr irqs (ARG0 VCPUID) () 1) (aggr running (ARG0) ((curprocname)) 1))
    (vprobe VMM1Hz (logaggr running) (clearaggr running))
    (vprobe GUEST:ENTER:arch_show_interrupts (logaggr irqs))
    """
    read = "$B cat /proc/interrupts; "
    work = f"{read}echo FIRST; {WORK}$B sleep 0.7; $B ls -l /\n{read}echo DONE; $B sleep 1000\n"
    session = Session()
    session.set_source("script.vp", script)
    with boot(work, append="quiet", output=printed.append, cpus=cpus) as vm:
        vm.load(script)
        shown = run_to_done(vm, session)
        names, wires = vm.vectors, list(vm._machine.motherboard.lines.vectors())
    texts = [text for text in b"".join(printed).decode().split("aggr:") if "irqs[" in text]
    first, last = (Counter({(int(v, 16), int(c, 16)): int(n) for v, c, n in COUNTED.findall(text)}) for text in texts)
    counts = last - first
    listed = Counter(_listed(shown.split("FIRST")[1], cpus)) - Counter(_listed(shown.split("FIRST")[0], cpus))
    print(shown, first, last, names)
    for word, name in (("LOC", "lapic"), ("RES", "reschedule"), ("CAL", "call one")):
        told = [counts[vector, cpu] for vector in names if names[vector] == name for cpu in range(cpus)]
        assert told == [listed[word, cpu] for cpu in range(cpus)], word
    by_vector = {vector: sum(counts[vector, cpu] for cpu in range(cpus)) for vector, _ in wires}
    of_lines = {
        vector: sum(listed[str(wire), cpu] for of, wire in wires if of == vector for cpu in range(cpus))
        for vector, count in by_vector.items()
        if count
    }
    assert {vector: count for vector, count in by_vector.items() if count} == of_lines
    assert sum(of_lines.values()) == sum(count for (name, _), count in listed.items() if name.isdigit())
    assert any("serial" in names[vector] for vector, count in by_vector.items() if count)
    total = 0
    for moment in session.at(session.timeline.ring.end - 1).moments():  # type: ignore[union-attr]
        measured = moment.measured(AggregateId("script.vp", "running"))
        total += measured.total_hits if measured is not None else 0
    assert total == vm.latest.scripts[0].probes[0].hits


def run_to_done(vm: VirtualMachine, session: Session) -> str:
    """Keep each Frame until the guest writes DONE. Returns what the guest wrote."""
    console = ""
    for frame in vm.frames(SECONDS):
        session.add(frame)
        console += frame.console
        if "DONE" in console:
            break
    return console


def _listed(text: str, cpus: int) -> dict[tuple[str, int], int]:
    """Counts of /proc/interrupts by line or word, and CPU."""
    lines = re.findall(rf"^ *(\w+):((?: +\d+){{{cpus}}})(?!\d)", text, re.MULTILINE)
    return {(name, cpu): int(count) for name, counts in lines for cpu, count in enumerate(counts.split())}


def test_names_and_numbers_of_processes(boot: Boot):
    # a kernel tests its cryptography in threads of its own, some tenths of a second after the first process has begun
    session, tree = Session(), Path(LIBRARY / "process-tree.vp").read_text("utf-8")
    session.set_source("tree.vp", tree)
    with boot(f"{FAMILY}$B sleep 3\n$B ps -o pid,ppid,comm; echo DONE; $B sleep 1000\n", append="quiet") as vm:
        script = vm.load(SEEN)
        vm.load(tree, "tree.vp")
        console = run_to_done(vm, session)
        assert not vm.latest.errors
        lines = re.findall(r"^ *(\d+) +(\d+) (\S+)\r?$", console, re.MULTILINE)
        listed = {int(pid): name for pid, _, name in lines}
        kept = {process.pid: process.name for process in vm.guest.processes(vm._machine.core)}
        seen = {row.integers[0]: row.strings[0] for row in script.aggregates["seen"]}
    gone = listed.keys() - kept.keys()
    assert [listed[pid] for pid in gone] == ["busybox"], "ps itself"
    assert all(seen[pid] == "busybox" for pid in gone)
    # ps shows what a worker works on behind its name, as kworker/0:1-events
    assert {pid: listed[pid] for pid in listed.keys() & kept.keys()} == {
        pid: listed[pid] if listed[pid].startswith(f"{name}-") else name for pid, name in kept.items() if pid in listed
    }
    assert {pid: name for pid, name in seen.items() if pid in kept} == {pid: kept[pid] for pid in seen if pid in kept}
    shown = _parents(session)
    parents = {int(pid): int(parent) for pid, parent, _ in lines}
    assert {pid: parent for pid, (parent, _) in shown.items() if pid in parents} == {
        pid: parents[pid] for pid in shown if pid in parents
    }
    busy = max(shown.keys() - {0}, key=lambda pid: shown[pid][1])
    assert (parents[parents[busy]], shown[parents[busy]][0]) == (1, 1), "its parent waits for it"


def _parents(session: Session) -> dict[int, tuple[int, float]]:
    """The parent that the dashboard's tree has of each process, 0: none, and the process's own interrupts a second."""
    moment, aggregate, keys = session.moment(), AggregateId("tree.vp", "running"), ProcessKeys(3, 1, 2)
    assert moment is not None
    counted = IrqHistory().span(moment, aggregate, keys, EVERY)
    assert counted is not None
    found: dict[int, tuple[int, float]] = {}
    left = [(row, 0) for row in process_tree(processes(counted), partial(KnownProcesses().find, moment))]
    for row, parent in left:
        assert row.process is not None
        assert row.process.pid is not None
        found[row.process.pid] = parent, row.alone.rate if row.alone else 0.0
        left += [(part, row.process.pid) for part in row.parts]
    return found
