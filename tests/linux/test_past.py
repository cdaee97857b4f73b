# SPDX-License-Identifier: GPL-2.0-or-later
"""The past of a kernel: what is asked afterwards is what a script found that was there, and moments can be stepped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from engine import VirtualMachine
from engine.vm.past.messages import Unit
from tests.linux import kernels
from tests.linux.conftest import run_until
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
(vprobe USEC:977 (aggr found (7 RIP) ((curprocname)) TSC))
(vprobe VMM10Hz (logaggr found) (clearaggr found) (printf "at %d\\n" TSC))
"""


@pytest.fixture
def working(kernel: Path, tmp_path: Path) -> Iterator[VirtualMachine]:
    """Three seconds of work whose past is kept, with a script from the start of it."""
    disk, ram = tmp_path / "disk.img", tmp_path / "initrd.img"
    disk.write_bytes(bytes(DISK_BYTES))
    ram.write_bytes(kernels.userland(WORK))
    with VirtualMachine.linux(kernel, ram, disk=disk, append="quiet") as vm:
        run_until(vm, "READY")
        vm.keep_past()
        yield vm


def test_what_is_asked_is_what_a_script_found_that_was_there(working: VirtualMachine) -> None:
    working.load(EVENTS)
    log = "".join(frame.log for frame in working.frames(SECONDS))
    asked = working.past().load(EVENTS)
    assert asked.log == log
    assert log.count("\n") > 1000
    assert asked.frames[-1].aggregates == working.latest.aggregates


def test_steps_backward_undo_steps_forward(working: VirtualMachine) -> None:
    begin = working.seconds
    working.run(SECONDS)
    with working.past().at(begin + SECONDS / 2, EVENTS) as moment:
        view = moment.view
        assert moment.read(view.frame.vcpus[0].rip, 16) != b""
        assert view.process
        for unit in get_args(Unit):
            forward = [moment.step(unit) for _ in range(2)]
            assert moment.step(unit, backward=True).block == forward[0].block, unit


def test_conditions_and_rows_lead_to_their_moments(working: VirtualMachine) -> None:
    working.run(SECONDS)
    past = working.past()
    opened = past.load('(vprobe GUEST:ENTER:do_filp_open (printf "%d\\n" TSC))').log.split()
    found = past.when("1", "GUEST:ENTER:do_filp_open")
    assert [moment.tick for moment in found.moments] == [int(tick) for tick in opened]
    origin = past.why_printed('(vprobe GUEST:ENTER:do_filp_open (printf "%d\\n" TSC))', opened[-1])
    assert origin.tick <= int(opened[-1]) < origin.tick + working.tsc_hz // 1000
    assert [probe.name for probe in origin.probes] == ["GUEST:ENTER:do_filp_open"]
