# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk that boots by its own boot loader: the kernel is recognised, its shell is typed into."""

from __future__ import annotations

from pathlib import Path

from engine import VirtualMachine
from engine.vm.options import PowerOn
from tests.linux import kernels
from tests.linux.conftest import run_until
from tests.linux.grub import disk

SHELL = "echo READY\nexec $B sh </dev/ttyS0 >/dev/ttyS0 2>&1\n"
PROCESSES = "(defaggr seen 1 1) (vprobe Guest_IRQ (aggr seen ((curpid)) ((curprocname)) 1))"


def test_grub_boots_a_kernel_that_is_recognised_and_typed_into(tmp_path: Path) -> None:
    kernel = next(path for path in kernels.kernels() if "cloud" in path.name)
    image = tmp_path / "disk.img"
    image.write_bytes(disk(kernel, kernels.userland(SHELL), tmp_path))
    with VirtualMachine.power_on(PowerOn(boot=str(image), memory_mib=256)) as vm:
        run_until(vm, "READY", 120)
        vm.run(1)
        vm.type("echo $((6 * 7))-answers\n")
        run_until(vm, "42-answers")
        assert vm.guest.name == f"Linux {kernel.name.removeprefix('vmlinuz-')}"
        script = vm.load(PROCESSES)
        vm.type("busybox sha256sum /bin/busybox\n")
        vm.run(3)
        assert (1, "busybox") in {(row.integers[0], row.strings[0]) for row in script.aggregates["seen"]} | {
            (process.pid, process.name) for process in vm.guest.processes(vm._machine.core)
        }
