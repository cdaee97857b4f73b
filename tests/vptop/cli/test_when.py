# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop when`, run as a person runs it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from engine import VirtualMachine
from engine.guest.bundled import DISK_IMAGE
from engine.vm.options import PowerOn
from tests.vptop.cli.conftest import Command
from tests.vptop.cli.shell import Shell, install

SCRIPT = '(vprobe Guest_IRQ (cond ((== ARG0 46) (printf "%d %d\\n" TSC BRCNT))))'
CONDITION = ("when", "(== ARG0 46)", "--at", "Guest_IRQ")


def test_events_of_a_run_are_those_that_a_script_prints(vptop: Command) -> None:
    out: list[bytes] = []
    with VirtualMachine.power_on(PowerOn(cold=False, seed=4), out.append) as vm:
        vm.load(SCRIPT)
        vm.run(2)
    expected = [(int(tick), int(block)) for tick, block in (line.split() for line in b"".join(out).splitlines())]
    done = vptop(*CONDITION, "--seconds", "2", "--seed", "4", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(moment["tick"], moment["block"]) for moment in found] == expected
    assert len(expected) > 3
    first, *lines = vptop(*CONDITION, "--seconds", "2", "--seed", "4").stdout.splitlines()
    assert first.startswith(f"held {len(expected)} times from 1.000 to 3.000 s")
    assert [int(line.split()[3]) for line in lines] == [block for _, block in expected]


def test_a_recording_is_searched(vptop: Command, tmp_path: Path) -> None:
    file = tmp_path / "input"
    with VirtualMachine.power_on(PowerOn(record=str(file))) as vm:
        vm.run(1)
        vm.type("x")
        vm.run(1)
    done = vptop("when", "(== ARG0 0x3f8)", "--at", "In", "--seconds", "2", "--replay", str(file))
    assert done.returncode == 0
    assert re.match(r"held (once|\d+ times) from 0\.000 to 2\.000 s", done.stdout)
    assert float(done.stdout.splitlines()[1].split()[0]) >= 1  # what was typed is read


def test_what_never_held_is_status_1_and_what_does_not_compile_is_2(vptop: Command) -> None:
    never = vptop("when", "(== 1 2)", "--seconds", "0.1")
    assert (never.returncode, never.stdout.split(" from ")[0]) == (1, "held never")
    wrong = vptop("when", "(== RIPP 2)", "--seconds", "0.1")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "condition:1:5: error" in wrong.stderr


def test_the_past_of_a_running_machine_is_searched(tmp_path: Path) -> None:
    install(tmp_path / "bin")
    (tmp_path / "run").mkdir(mode=0o700)
    shell = Shell(tmp_path)
    shell.ok("vptop new vm")
    shutil.copy(DISK_IMAGE, tmp_path / "vm" / "disk.img")
    with (tmp_path / "vm" / "vm.vmx").open("a") as vmx:
        vmx.write('ide0:0.fileName = "disk.img"\n')
    shell.ok("vmrun start vm/vm.vmx nogui")
    try:
        shell.ok("vprobe -d 0.5 -c 'VMM10Hz { }' vm/vm.vmx")  # until some time has passed
        first, line = shell.ok("vptop when '(> BRCNT 0)' vm/vm.vmx").splitlines()
        assert first.startswith("held once from ")
        assert " block " in line
        first = shell.ok("vptop when 1 --at Disk_IOFinish vm/vm.vmx").splitlines()[0]
        assert re.match(r"held \d+ times from 0\.000 to", first)  # what ran again has read the file
        wrong = shell("vptop when '(> BRCN 0)' vm/vm.vmx")
        assert (wrong.returncode, "condition:1:4: error" in wrong.stderr) == (2, True)
    finally:
        shell("vmrun stop vm/vm.vmx hard")
