# SPDX-License-Identifier: GPL-2.0-or-later
"""The past of a kernel: what is asked afterwards is what a script found that was there, and moments can be stepped."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest

from engine import VirtualMachine
from engine.probes.frame import Frame
from engine.vm.options import PowerOn
from engine.vm.past.messages import Unit
from tests.engine.vm.past.history import PAST_MIB
from tests.linux import kernels
from tests.linux.conftest import ONE, run_until
from tests.linux.work import DISK_BYTES, WORK

SECONDS = 3
EVENTS = """(defaggr found 2 1)
(vprobe Guest_IRQ (aggr found (0 ARG0) ((curprocname)) TSC))
(vprobe Guest_PF (aggr found (1 RIP) ((curprocname)) TSC))
(vprobe Guest_CR3Write (aggr found (2 (curpid)) ("") TSC))
(vprobe HV_Exit (aggr found (3 ARG0) ("") TSC))
(vprobe Disk_IOFinish (aggr found (4 ARG5) ("") TSC))
(vprobe GUEST:ENTER:do_filp_open (aggr found (5 RIP) ((curprocname)) TSC) (printf "%d %s\\n" TSC (curprocname)))
(vprobe GUEST:EXIT:do_filp_open (aggr found (6 RAX) ("") TSC))
(vprobe VMM10Hz (logaggr found) (clearaggr found) (printf "at %d\\n" TSC))
"""
TIMER = "(vprobe USEC:977 (aggr found (7 RIP) ((curprocname)) TSC))\n"
"""Its period begins when it is loaded."""

COMMANDED = """echo READY
while read line; do
  case $line in panic) echo c > /proc/sysrq-trigger;; *) $B ls -l /proc > /dev/null; echo "did $line";; esac
done
"""


_RANDOM = random.Random(11)
_MOMENTS = sorted(round(_RANDOM.uniform(0.0, SECONDS - 0.35), 3) for _ in range(20))
_SPAN = 0.25


@dataclass(frozen=True)
class Worked:
    """A machine that has worked for some seconds whose past is kept, with a script from the start of them."""

    vm: VirtualMachine
    begin: float
    log: str
    """what the script printed"""


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worked]:
    folder = tmp_path_factory.mktemp("past")
    disk, ram = folder / "disk.img", folder / "initrd.img"
    disk.write_bytes(bytes(DISK_BYTES))
    ram.write_bytes(kernels.userland(WORK))
    power = PowerOn(kernel=str(ONE), initrd=str(ram), disk=str(disk), words="quiet", past_every=1, past_mib=PAST_MIB)
    with VirtualMachine.power_on(power) as vm:
        run_until(vm, "READY")
        vm.keep_past()
        begin = vm.seconds
        vm.load(EVENTS + TIMER)
        yield Worked(vm, begin, "".join(frame.log for frame in vm.frames(SECONDS)))


def test_what_is_asked_is_what_a_script_found_that_was_there(worked: Worked) -> None:
    asked = worked.vm.past().load(EVENTS + TIMER)
    assert asked.log == worked.log
    assert worked.log.count("\n") > 1000
    assert asked.frames[-1].aggregates == worked.vm.latest.aggregates


def test_random_moments_are_those_of_the_script_from_the_start(worked: Worked) -> None:
    """From the second tenth of a second on: the first is not whole, and a function may return that it did not see."""
    live = "".join(line for line in worked.log.splitlines(keepends=True) if not line.startswith("  found[0x7,"))
    for moment in _MOMENTS:
        until = worked.begin + moment + _SPAN + 0.1
        lines = worked.vm.past(_SPAN, until=until).load(EVENTS).log.splitlines(keepends=True)
        marks = [index for index, line in enumerate(lines) if line.startswith("at ")]
        found = "".join(lines[marks[0] + 1 : marks[-1] + 1])
        assert found.count("[") > 50
        assert found in live


def test_steps_backward_undo_steps_forward(worked: Worked) -> None:
    with worked.vm.past().at(worked.begin + SECONDS / 2, EVENTS) as moment:
        view = moment.view
        assert moment.read(view.frame.vcpus[0].rip, 16) != b""
        assert view.process
        for unit in get_args(Unit):
            forward = [moment.step(unit) for _ in range(2)]
            assert moment.step(unit, backward=True).block == forward[0].block, unit


def test_conditions_and_rows_lead_to_their_moments(worked: Worked) -> None:
    past = worked.vm.past()
    opened = past.load('(vprobe GUEST:ENTER:do_filp_open (printf "%d\\n" TSC))').log.split()
    found = past.when("1", "GUEST:ENTER:do_filp_open")
    assert [moment.tick for moment in found.moments] == [int(tick) for tick in opened]
    origin = past.why_printed('(vprobe GUEST:ENTER:do_filp_open (printf "%d\\n" TSC))', opened[-1])
    assert origin.tick <= int(opened[-1]) < origin.tick + worked.vm.tsc_hz // 1000
    assert [probe.name for probe in origin.probes] == ["GUEST:ENTER:do_filp_open"]


def test_keys_a_panic_and_a_reset_happen_again(tmp_path: Path) -> None:
    """A script from the start has found what is asked afterwards, in the seconds after them, too."""
    ram = tmp_path / "initrd.img"
    ram.write_bytes(kernels.userland(COMMANDED))
    with VirtualMachine.power_on(PowerOn(kernel=str(ONE), initrd=str(ram), words="quiet panic=1", past_every=1)) as vm:
        run_until(vm, "READY")
        vm.keep_past()
        vm.load(EVENTS + TIMER)
        frames: list[Frame] = []
        for seconds, act in ((0.4, lambda: vm.type("look\n")), (0.7, lambda: vm.type("panic\n")), (1.2, vm.reboot)):
            frames += vm.frames(seconds)
            act()
        frames += vm.frames(1)
        assert vm.happenings.panics == 1
        asked = vm.past().load(EVENTS + TIMER)
        for what in ("log", "console"):
            live = "".join(getattr(frame, what) for frame in frames)
            assert "".join(getattr(frame, what) for frame in asked.frames) == live
        assert asked.frames[-1].aggregates == vm.latest.aggregates
        with vm.past().at_tick(vm.ticks) as moment:
            assert moment.view.block == vm.blocks
            assert moment.view.frame.vcpus == frames[-1].vcpus
