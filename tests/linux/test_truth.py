# SPDX-License-Identifier: GPL-2.0-or-later
"""What probes count is what the kernel counts, at the moment at which the guest reads its own counters.

/proc/stat is made by show_stat and /proc/vmstat by vmstat_start: the probe on each prints what was counted until then.
Compared with a count taken before or after, by another reader, a few switches of that very reader are missing.
/proc/diskstats and /proc/net/dev are compared in test_devices.py, for every disk and network card, in the same boots as
the contents of the disk.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.machine.devices.interrupt_lines import TIMER, TIMER_INPUT
from tests.linux.conftest import Boot, run_until

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


COUNTED = r"irqs\[0x([0-9a-f]+)\] == avg 1 count (\d+)"
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


def test_interrupts_by_line(boot: Boot):
    printed: list[bytes] = []
    script = """
    (defaggr irqs 1 0)
    (vprobe Guest_IRQ (aggr irqs (ARG0) () 1))
    (vprobe GUEST:ENTER:int_seq_start (cond ((== (getguest RSI) 0) (logaggr irqs))))
    """
    work = "$B sleep 0.1\n$B ls -lR /; $B cat /proc/interrupts; echo DONE; $B sleep 1000\n"
    with boot(work, append="quiet", output=printed.append) as vm:
        vm.load(script)
        console = run_until(vm, "DONE")
        names = vm.vectors
        lines = dict(vm._machine.motherboard.lines.vectors())
    first = b"".join(printed).decode().split("aggr:")[1]
    counts = {int(vector, 16): int(count) for vector, count in re.findall(COUNTED, first)}
    ((local,),) = numbers(console, r"LOC: +(\d+)")
    assert [count for vector, count in counts.items() if names.get(vector) == "lapic"] == [local]
    listed = {gsi: count for count, gsi in numbers(console, r"(\d+) +IO-APIC +(\d+)-\w+ ") if count}
    found: dict[int, int] = {}
    for vector, count in counts.items():
        if vector in lines:
            found[lines[vector]] = found.get(lines[vector], 0) + count
    assert found == {{TIMER_INPUT: TIMER}.get(gsi, gsi): count for gsi, count in listed.items()}
    assert "serial" in {names[vector] for vector in counts}


def test_names_and_numbers_of_processes(boot: Boot):
    # a kernel tests its cryptography in threads of its own, some tenths of a second after the first process has begun
    with boot("$B sleep 1000 &\n$B sleep 3\n$B ps -o pid,comm; echo DONE; $B sleep 1000\n", append="quiet") as vm:
        script = vm.load(SEEN)
        console = run_until(vm, "DONE")
        listed = {int(pid): name for pid, name in re.findall(r"^ *(\d+) (\S+)\r?$", console, re.MULTILINE)}
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
