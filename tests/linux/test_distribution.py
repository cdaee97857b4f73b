# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole distribution from its disk: boot loader, systemd, login, shell, power-off. Nothing names its kernel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import VirtualMachine
from engine.vm.options import PowerOn
from tests.linux import distribution
from tests.linux.conftest import run_until

BOOT_SECONDS, STOP_SECONDS = 120, 60
"""Guest time."""
PROCESSES = "(defaggr seen 1 1) (vprobe GUEST:ENTER:do_syscall_64 (aggr seen ((curpid)) ((curprocname)) 1))"


@pytest.fixture(scope="module")
def vm() -> Iterator[VirtualMachine]:
    """Debian at its login prompt, which the user who gave the image sees."""
    with VirtualMachine.power_on(PowerOn(boot=str(distribution.IMAGE))) as vm:
        run_until(vm, "login: ", BOOT_SECONDS)
        yield vm


@pytest.fixture(scope="module")
def shell(vm: VirtualMachine) -> int:
    """Process number of the shell that root has logged in to."""
    vm.type(f"{distribution.USER}\n")
    run_until(vm, "Password: ")
    vm.type(f"{distribution.PASSWORD}\n")
    run_until(vm, "# ")
    return int(answer(vm, "echo $$"))


def answer(vm: VirtualMachine, command: str) -> str:
    """What a command prints on the serial console."""
    vm.type(f"echo BEGIN-$((1)); {command}; echo END-$((2))\n")
    shown = run_until(vm, "END-2").replace("\r", "")
    return shown[shown.index("BEGIN-1") + len("BEGIN-1") : shown.index("END-2")].strip()


def test_the_kernel_is_recognised(vm: VirtualMachine, shell: int) -> None:
    assert vm.guest.name == f"Linux {answer(vm, 'uname -r')}"


def test_everything_has_started(vm: VirtualMachine, shell: int) -> None:
    assert answer(vm, "systemctl is-system-running --wait") == "running"
    assert answer(vm, "grep ' / ' /proc/mounts").startswith("/dev/vda1 / ext4 rw,")


def test_processes_are_those_that_ps_shows(vm: VirtualMachine, shell: int) -> None:
    listed = dict(line.split() for line in answer(vm, "ps -o pid=,comm= -p 1,$$").splitlines())
    assert listed == {"1": "systemd", str(shell): "bash"}
    known = {str(process.pid): process.name for process in vm.guest.processes(vm._machine.core)}
    assert listed.items() <= known.items()


def test_a_probe_names_systemd_and_the_shell(vm: VirtualMachine, shell: int) -> None:
    script = vm.load(PROCESSES)
    answer(vm, "systemctl daemon-reload")
    vm.run(1)
    names = {row.integers[0]: row.strings[0] for row in script.aggregates["seen"]}
    assert (names[1], names[shell]) == ("systemd", "bash")
    assert "systemctl" in names.values()


def test_it_switches_the_machine_off(vm: VirtualMachine, shell: int) -> None:
    vm.take_notices()
    vm.type("systemctl poweroff\n")
    for _ in range(STOP_SECONDS):
        vm.run(1)
        if vm.powered_off:
            break
    vm.run(1)  # what has happened is told at the end of each second
    (told,) = vm.take_notices()
    assert told.startswith("the guest switched the machine off at ")
