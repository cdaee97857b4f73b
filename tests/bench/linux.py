# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine against QEMU's translator: CPU seconds of both in turns, from the kernel's entry through workloads."""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench import linux_guest
from tests.bench.linux_child import MEMORY_MIB
from tests.bench.linux_guest import FIRST_LINE, MARK, WORKLOADS
from tests.bench.measure import heading, row

TURNS = 3
QEMU = "qemu-system-x86_64"
BOOT = "kernel entry to first process"
EACH, MEAN, ENTRY = 1.1, 0.9, 0.9
_NANO = 1e-9


def linux() -> None:
    """Print the comparison, or what is missing for it."""
    heading("stock Linux kernel: CPU seconds of this machine over QEMU's TCG")
    kernel = linux_guest.find_kernel()
    if shutil.which(QEMU) is None:
        print(f"  not measured: {QEMU} is not installed (Debian: apt-get install qemu-system-x86)")
        return
    with tempfile.TemporaryDirectory() as folder:
        initrd = Path(folder) / "initrd"
        if kernel is None or not linux_guest.make_initrd(initrd):
            print(f"  not measured: no {linux_guest.KERNELS} and {linux_guest.BUSYBOX} in {linux_guest.CACHE}")
            return
        _compare(linux_guest.LinuxGuest(kernel, initrd))


def _compare(guest: linux_guest.LinuxGuest) -> None:
    best: dict[str, dict[str, float]] = {"ours": {}, "qemu": {}}
    for _ in range(TURNS):
        for name, command in (("ours", ours(guest)), ("qemu", qemu(guest))):
            for what, seconds in spans(command).items():
                best[name][what] = min(seconds, best[name].get(what, math.inf))
    ratios = {what: seconds / best["qemu"][what] for what, seconds in best["ours"].items()}
    for what, ratio in ratios.items():
        budget = ENTRY if what == BOOT else EACH
        text = f"{what}: {best['ours'][what]:.2f} s, QEMU {best['qemu'][what]:.2f} s"
        row(text, f"{ratio:.2f}", f"<= {budget}", ratio <= budget)
    logs = [math.log(ratios[name]) for name in WORKLOADS]
    mean = math.exp(sum(logs) / len(logs))
    row("geometric mean of the workloads", f"{mean:.2f}", f"<= {MEAN}", mean <= MEAN)


def ours(guest: linux_guest.LinuxGuest) -> list[str]:
    """The command that runs this machine."""
    words = [str(guest.kernel), str(guest.initrd), guest.command_line]
    return [sys.executable, "-m", "tests.bench.linux_child", *words]


def qemu(guest: linux_guest.LinuxGuest) -> list[str]:
    """The command that runs QEMU on one host thread."""
    return [
        QEMU, "-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio", "-machine", "pc",
        "-accel", "tcg,thread=single", "-m", str(MEMORY_MIB), "-kernel", str(guest.kernel),
        "-initrd", str(guest.initrd), "-append", guest.command_line,
    ]  # fmt: skip


def spans(command: Sequence[str]) -> dict[str, float]:
    """CPU seconds of a process between the marks that it prints, by the name of the later one.

    Raises:
        RuntimeError: a mark is missing.
    """
    found: dict[str, float] = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        latest, started, tail = 0.0, False, b""
        for line in process.stdout:
            tail = line
            if not started and FIRST_LINE in line:
                started, latest = True, cpu_seconds(process.pid)
            elif line.startswith(MARK):
                now = cpu_seconds(process.pid)
                name = line.removeprefix(MARK).strip().decode()
                found[BOOT if name == "start" else name] = now - latest
                latest = now
    if found.keys() != {BOOT, *WORKLOADS}:
        raise RuntimeError(f"{command[0]} ended without all marks; its last line: {tail.decode(errors='replace')}")
    return found


def cpu_seconds(pid: int) -> float:
    """CPU time of all threads of a process so far."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) * _NANO


if __name__ == "__main__":
    linux()
