# SPDX-License-Identifier: GPL-2.0-or-later
"""CPU seconds of a process that runs a guest, between the lines that the guest prints to its serial port."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

MARK = b"MARK "
QEMU = "qemu-system-x86_64"
MISSING_QEMU = f"  not measured: {QEMU} is not installed (Debian: apt-get install qemu-system-x86)"
QEMU_CPU = "qemu64,+smap,+smep,+fsgsbase,+erms"
"""Without Meltdown, as this machine's CPU, and with those of its features that change what a kernel does for each
system call, as far as the translator has them (it has no PCID)."""
MEMORY_MIB = 256
_NANO = 1e-9


def qemu(*words: str) -> list[str]:
    """The command that runs QEMU's translator on one host thread, with a serial port as its output."""
    return [
        QEMU, "-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio", "-machine", "pc",
        "-accel", "tcg,thread=single", "-cpu", QEMU_CPU, "-m", str(MEMORY_MIB), *words,
    ]  # fmt: skip


def spans(command: Sequence[str], begins: bytes = b"") -> dict[str, float]:
    """CPU seconds of a process between the marks that it prints, by the name of the later one.

    The first span begins at the first line that holds `begins`, or with the process when that is empty. The process
    is ended after it has closed its output.
    """
    found: dict[str, float] = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        latest, started = 0.0, not begins
        for line in process.stdout:
            if not started and begins in line:
                started, latest = True, cpu_seconds(process.pid)
            elif line.startswith(MARK):
                now = cpu_seconds(process.pid)
                found[line.removeprefix(MARK).strip().decode()] = now - latest
                latest = now
    return found


def until(command: Sequence[str], line_with: bytes) -> float:
    """CPU seconds of a process until it prints a line; it is ended there.

    Raises:
        RuntimeError: it ended without.
    """
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line_with in line:
                taken = cpu_seconds(process.pid)
                process.kill()
                return taken
    raise RuntimeError(f"{command[0]} ended without a line of {line_with!r}")


def cpu_seconds(pid: int) -> float:
    """CPU time of all threads of a process so far."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) * _NANO


def keep_best(best: dict[str, float], measured: Mapping[str, float]) -> None:
    """Take the less of each."""
    for what, seconds in measured.items():
        best[what] = min(seconds, best.get(what, math.inf))
