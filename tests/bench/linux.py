# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine against QEMU's translator: CPU seconds of both in turns, from the kernel's entry through workloads."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from engine.machine.cpu_models import DEFAULT
from tests.bench import linux_guest, marks
from tests.bench.child import machine_with_linux
from tests.bench.linux_guest import FIRST_LINE, SETTLED, WORKLOADS
from tests.bench.measure import heading, row

TURNS = 5
BOOT = "kernel entry to first process"
REST = "kernel entry to the end of its own work after that"
_NAMES = {"start": BOOT, SETTLED: REST}
EACH, MEAN, ENTRY = 1.1, 0.9, 0.9


def linux() -> None:
    """Print the comparison, or what is missing for it."""
    heading("stock Linux kernel: CPU seconds of this machine over QEMU's TCG")
    print(f"  the CPUs: {DEFAULT}, and QEMU's {marks.QEMU_CPU}")
    if shutil.which(marks.QEMU) is None:
        print(marks.MISSING_QEMU)
        return
    with tempfile.TemporaryDirectory() as folder:
        guest = linux_guest.make(Path(folder))
        if guest is not None:
            _compare(guest)


def _compare(guest: linux_guest.LinuxGuest) -> None:
    best: dict[str, dict[str, float]] = {"ours": {}, "qemu": {}}
    for _ in range(TURNS):
        for name, command in (("ours", ours(guest)), ("qemu", qemu(guest))):
            marks.keep_best(best[name], spans(command))
    for seconds in best.values():
        seconds[REST] += seconds[BOOT]
    ratios = {what: seconds / best["qemu"][what] for what, seconds in best["ours"].items()}
    budgets = {BOOT: ENTRY, **dict.fromkeys(WORKLOADS, EACH)}
    for what, ratio in ratios.items():
        text = f"{what}: {best['ours'][what]:.2f} s, QEMU {best['qemu'][what]:.2f} s"
        if what in budgets:
            row(text, f"{ratio:.2f}", f"<= {budgets[what]}", ratio <= budgets[what])
        else:
            row(text, f"{ratio:.2f}")
    logs = [math.log(ratios[name]) for name in WORKLOADS]
    mean = math.exp(sum(logs) / len(logs))
    row("geometric mean of the workloads", f"{mean:.2f}", f"<= {MEAN}", mean <= MEAN)


def ours(guest: linux_guest.LinuxGuest) -> list[str]:
    """The command that runs this machine."""
    return machine_with_linux(guest.kernel, guest.initrd, guest.command_line)


def qemu(guest: linux_guest.LinuxGuest) -> list[str]:
    """The command that runs QEMU."""
    return marks.qemu("-kernel", str(guest.kernel), "-initrd", str(guest.initrd), "-append", guest.command_line)


def spans(command: Sequence[str]) -> dict[str, float]:
    """CPU seconds of the boot, of what the kernel goes on with, and of each workload.

    Raises:
        RuntimeError: a mark is missing.
    """
    found = marks.spans(command, FIRST_LINE)
    named = {_NAMES.get(name, name): seconds for name, seconds in found.items()}
    if named.keys() != {*_NAMES.values(), *WORKLOADS}:
        raise RuntimeError(f"{command[0]} ended without all marks; it had {', '.join(named)}")
    return named


if __name__ == "__main__":
    linux()
