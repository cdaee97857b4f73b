# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual's samples on the bundled guest, against witnesses that know nothing of VP."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from engine import VirtualMachine
from engine.guest import bundled
from engine.guest.bundled_tables import process_table
from engine.guest.stacks import parse
from engine.machine.devices.disk_model import DiskModel
from engine.machine.machine import Machine
from engine.probes.frame import AggregateId
from vptop.model.scriptfiles import bundled as bundled_scripts

LATENCIES = AggregateId("script.vp", "latencies")
MANUAL_LATENCY = """
; Calculate the latency of disk I/O in microseconds.
(definteger tsc-start)
(defaggr latencies 0 1)
(defun usec (ticks)
  (/ (* 1000000 ticks) TSC_HZ))
(vprobe Disk_IOStart
  (setint tsc-start TSC))
(vprobe Disk_IOFinish
  (aggr latencies () ("uSec") (usec (- TSC tsc-start))))
"""

MANUAL_STACK = """
(definteger stack-pointer)
(defun dump-stack-64 (level)
  (cond (level
    (do (setint stack-pointer (+ RSP (* (- level 1) 8)))
      (printf "%2d (%016x): %016x\\n"
        (- level 1)
        stack-pointer
        (getguest stack-pointer))
    (dump-stack-64 (- level 1))))))
(defun dump-stack (level)
  (cond ((& 1 (>> EFER 8))
    (dump-stack-64 level))))
(vprobe Guest_PF
  (dump-stack 16))
"""

MANUAL_PROCESS = """
(defstring _procName)
(definteger _pidOffset)
(definteger _nameOffset)
(defun guestload (addr)
  (cond
    ((< addr 4096) 0)
    (1 (getguest addr))))
(defun guestloadstr (str addr)
  (cond
    ((< addr 4096) (setstr str "<NULL>"))
    (1 (getgueststr str 255 addr))))
(defun curthrptr ()
  (cond ((== _pidOffset 0)
    (do
      (setint _pidOffset (offatret SYS_GETPID))
      (setint _nameOffset (offatstrcpy GET_TASK_COMM STRNCPY)))))
  (cond
    ((>= GSBASE 0x100000000) GSBASE)
    (1 KERNELGSBASE)))
(defun curprocname ()
  (guestloadstr _procName (+ _nameOffset (guestload (curthrptr))))
  _procName)
(defun curpid ()
  (guestload (+ _pidOffset (guestload (curthrptr)))))
(defaggr running 1 1)
(vprobe Guest_IRQ
  (aggr running ((curpid)) ((curprocname)) 1))
"""


class Recorder:
    """A disk model that remembers how long it said requests take."""

    ways = 1

    def __init__(self, model: DiskModel) -> None:
        self.model = model
        self.microseconds: list[int] = []

    def service_ns(self, now_ns: int, first: int, count: int, write: bool) -> int:
        taken = self.model.service_ns(now_ns, first, count, write)
        self.microseconds.append(taken // 1000)
        return taken


@pytest.fixture
def vm() -> Iterator[VirtualMachine]:
    with VirtualMachine.bundled() as vm:
        yield vm


def test_the_api_of_the_design_works_literally() -> None:
    source = Path(bundled_scripts()[0].path)
    with VirtualMachine.bundled() as vm:
        script = vm.load(source.read_text())
        vm.run(seconds=3)
        rows = list(script.aggregates["running"])
    assert rows
    for row in rows:
        assert (len(row.integers), len(row.strings)) == (1, 1)
        assert (row.avg, row.min, row.max, row.latest) == (1, 1, 1, 1)
        assert row.count >= 1


@pytest.mark.parametrize("disk", ["hdd", "ssd"])
def test_the_manual_s_latencies_follow_the_disk_model(disk: Literal["hdd", "ssd"]) -> None:
    with VirtualMachine.bundled(disk=disk) as vm:
        vm.load(MANUAL_LATENCY)
        channel = machine_of(vm).motherboard.disk
        assert channel is not None
        recorder = channel._model = Recorder(channel._model)
        vm.run(1)  # the boot sector reads by programmed I/O, whose copying is the CPU's time, not the disk's
        (boot,) = vm.frame().aggregates[LATENCIES]
        vm.clear_aggregates()
        (*_, frame) = vm.frames(4)
    (row,) = frame.aggregates[LATENCIES]
    assert row.strings == ("uSec",)
    done = recorder.microseconds[boot.count :][: row.count]
    assert row.count > 20
    assert len(recorder.microseconds) - boot.count - row.count <= 1  # one may be under way
    # between start and finish lie the model's time and the driver's two or three port accesses
    assert 0 <= row.avg - sum(done) // len(done) <= 20
    assert 0 <= row.min - min(done) <= 20
    assert 0 <= row.max - max(done) <= 20


def test_a_request_that_began_before_the_script_was_loaded_has_no_latency(vm: VirtualMachine) -> None:
    source = next(script.source for script in bundled_scripts() if script.name == "disk-latency.vp")
    vm.run(seconds=2)
    finished = 0
    for _ in range(8):  # the disk is busy most of the time
        loaded = vm.load(source)
        vm.run(seconds=0.03)
        rows = [*loaded.aggregates["latencies"]]
        vm.unload(loaded)
        assert all(row.max <= 30_000 for row in rows)
        finished += sum(row.count for row in rows)
    assert finished


def test_requests_of_the_disk_script_have_the_name_of_their_process(vm: VirtualMachine) -> None:
    loaded = vm.load(next(script.source for script in bundled_scripts() if script.name == "disk-latency.vp"))
    names: dict[int, set[str]] = {}
    seen = set()
    for frame in vm.frames(3):
        for row in loaded.aggregates["latency_by_process"]:
            names.setdefault(row.integers[0], set()).add(row.strings[0])
        seen |= {row.strings[0] for row in loaded.aggregates["latency_us"]}
        stacks = [*loaded.aggregates["latency_stacks"]]
        assert stacks
        assert all(row.strings[2].startswith("GUEST_0x") for row in stacks)
        assert all(row.min >= row.integers[0] for row in stacks), "values are those of the bucket"
        assert "latency_stacks" not in frame.log
        assert frame.errors == ()
    assert len(names) >= 2
    assert all(len(found) == 1 for found in names.values()), "a process has one name"
    assert seen == set().union(*names.values())
    assert "?" not in seen


def test_the_manual_s_stack_sample_prints_sixteen_words_per_page_fault(vm: VirtualMachine) -> None:
    vm.load(MANUAL_STACK)
    log, faults = "", 0
    for frame in vm.frames(3):
        log += frame.log
        faults = sum(probe.hits - probe.errors for script in frame.scripts for probe in script.probes)
    lines = log.splitlines()
    assert faults > 10
    assert len(lines) >= 16 * faults
    first = [re.fullmatch(r"([ 0-9]\d) \(([0-9a-f]{16})\): ([0-9a-f]{16})", line) for line in lines[:16]]
    assert all(first)
    levels = [int(match[1]) for match in first if match]
    addresses = [int(match[2], 16) for match in first if match]
    assert levels == list(range(15, -1, -1))
    assert all(high - low == 8 for high, low in itertools.pairwise(addresses))


def test_the_manual_s_curprocname_names_the_guest_s_processes(vm: VirtualMachine) -> None:
    symbols = bundled.symbols()
    source = MANUAL_PROCESS
    for name in ("sys_getpid", "get_task_comm", "strncpy"):
        source = source.replace(name.upper(), hex(symbols[name]))
    script = vm.load(source)
    vm.run(seconds=6)
    seen = {(row.integers[0], row.strings[0]) for row in script.aggregates["running"]}
    table = {(process.pid, process.name) for process in process_table(machine_of(vm).core, symbols)}
    assert seen <= table
    assert len(seen) >= 6


def test_requests_to_the_disk_are_those_of_processes(vm: VirtualMachine) -> None:
    """guestimg/README.md: tar only reads, syslogd only writes, and smartd asks for no sectors."""
    script = vm.load("(defaggr started 1 1)\n(vprobe Disk_IOStart (aggr started (ARG3) ((curprocname)) 1))")
    vm.run(seconds=4)
    kinds: dict[str, set[int]] = {}
    for row in script.aggregates["started"]:
        kinds.setdefault(row.strings[0], set()).add(row.integers[0])
    assert (kinds["tar"], kinds["syslogd"]) == ({1}, {0})
    assert kinds.keys() >= {"postgres", "httpd"}
    assert not kinds.keys() & {"smartd", "swapper"}


def test_the_prelude_says_what_the_manual_s_sample_says(vm: VirtualMachine) -> None:
    ours = vm.load("(defaggr ours 1 1)\n(vprobe Guest_IRQ (aggr ours ((curpid)) ((curprocname)) 1))", "ours.vp")
    symbols = bundled.symbols()
    source = MANUAL_PROCESS
    for name in ("sys_getpid", "get_task_comm", "strncpy"):
        source = source.replace(name.upper(), hex(symbols[name]))
    theirs = vm.load(source, "theirs.vp")
    vm.run(seconds=2)
    assert list(ours.aggregates["ours"]) == list(theirs.aggregates["running"])


def test_the_prelude_is_harmless_before_the_kernel_runs(vm: VirtualMachine) -> None:
    source = '(vprobe GUEST:0x7c00 (printf "%s %d\\n" (curprocname) (curpid)))'
    vm.load(source)
    (frame,) = vm.frames(0.5)
    assert frame.log == "<NULL> 0\n"
    assert frame.errors == ()


def test_the_manual_s_boot_device_sample(vm: VirtualMachine) -> None:
    vm.load(
        """
        (defstring device)
        (definteger dl)
        (vprobe GUEST:0x7c00
          (setint dl (& RDX 0xff))
          (cond ((== dl 0x80) (setstr device "hard drive"))
                ((== dl 0) (setstr device "floppy drive"))
                (1 (setstr device "unknown device")))
          (printf "Booting from %s (0x%x)\\n" device dl))
        """
    )
    (frame,) = vm.frames(0.5)
    assert frame.log == "Booting from hard drive (0x80)\n"


def test_sampled_stacks_reach_from_the_sample_to_the_outermost_function(vm: VirtualMachine) -> None:
    for script in bundled_scripts():
        if script.name == "stacks.vp":
            loaded = vm.load(script.source, script.name)
    vm.run(seconds=4)
    symbols = bundled.symbols()
    stacks = [parse(row.strings[1]) for row in loaded.aggregates["stacks"]]
    assert all(stacks)
    assert max(len(stack.addresses) for stack in stacks if stack) >= 4
    named = {name for stack in stacks if stack for name in stack.functions(symbols)}
    assert any(not name.startswith("0x") for name in named)


def run_observed(seconds: float, scripts: bool) -> tuple[int, int, int, str, tuple[object, ...]]:
    """What the guest did: ticks, blocks, interrupts, console, devices."""
    with VirtualMachine.bundled() as vm:
        if scripts:
            for script in bundled_scripts():
                vm.load(script.source, script.name)
        frames = list(vm.frames(seconds))
        console = "".join(frame.console for frame in frames)
        last = frames[-1]
        return last.tsc, last.blocks, last.interrupts, console, last.devices


def test_probes_never_change_the_guest() -> None:
    without, with_probes = run_observed(4, scripts=False), run_observed(4, scripts=True)
    assert without == with_probes
    assert without[3]


def test_the_same_scripts_and_seed_give_the_same_output() -> None:
    def output(seed: int) -> bytes:
        printed: list[bytes] = []
        with VirtualMachine.bundled(seed=seed, output=printed.append) as vm:
            for script in bundled_scripts():
                vm.load(script.source, script.name)
            vm.run(seconds=3)
        return b"".join(printed)

    first = output(0)
    assert first == output(0)
    assert first != output(1)


def machine_of(vm: VirtualMachine) -> Machine:
    return vm._machine
