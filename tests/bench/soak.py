# SPDX-License-Identifier: GPL-2.0-or-later
"""The dashboard for ten minutes in a terminal: what it takes of a core, and whether its memory stays bounded.

The share of a core is that of the reference host, that of this one in parentheses.

`python -m tests.bench.soak [MINUTES]`, apart from `make bench` because of the time it takes.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

from tests.bench.measure import heading, row, slowness

MINUTES = 10
SIZE = (120, 40)
WARM_UP = 60.0
"""Seconds after which everything that is made once is there."""
CORE_SHARE = 0.05
GROWTH_MIB = 64.0
"""What 900 Frames of the bundled scripts and the program's own caches may add after that."""
TICKS = os.sysconf("SC_CLK_TCK")


def start(folder: str) -> tuple[int, int]:
    """Start `vptop` on a new terminal. Returns its process id and the terminal."""
    pid, terminal = pty.fork()
    if pid == 0:
        variables = {
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "XDG_STATE_HOME": folder,
        }
        os.environ.update(variables | {"XDG_CONFIG_HOME": folder})
        os.execv(sys.executable, [sys.executable, "-m", "vptop"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))
    return pid, terminal


def look(pid: int) -> tuple[float, float]:
    """CPU seconds and resident MiB of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return (int(fields[11]) + int(fields[12])) / TICKS, resident / (1 << 20)


def shown(terminal: int, seconds: float) -> int:
    """Let the dashboard draw for some seconds. Returns how many bytes it wrote."""
    end, count = time.monotonic() + seconds, 0
    while (left := end - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            count += len(os.read(terminal, 1 << 16))
    return count


def soak(minutes: float) -> None:
    """Run, look once a minute, print what was seen, and judge."""
    heading(f"the dashboard for {minutes:g} minutes at {SIZE[0]}×{SIZE[1]}, the bundled scripts loaded")
    with tempfile.TemporaryDirectory() as folder:
        pid, terminal = start(folder)
        try:
            shown(terminal, WARM_UP)
            begun, (cpu_before, first) = time.monotonic(), look(pid)
            written, end, hosts = 0, begun + minutes * 60, [slowness()]
            while time.monotonic() < end:
                written += shown(terminal, min(60.0, end - time.monotonic()))
                cpu, memory = look(pid)
                hosts.append(slowness())
                print(
                    f"    {time.monotonic() - begun:6.0f} s  {memory:6.1f} MiB",
                    flush=True,
                )
            share = (cpu - cpu_before) / (time.monotonic() - begun)
        finally:
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)
            os.close(terminal)
    reference = share * len(hosts) / sum(hosts)
    row(
        "CPU time of the dashboard, of a core",
        f"{reference:.1%} ({share:.1%})",
        f"<= {CORE_SHARE:.0%}",
        reference <= CORE_SHARE,
    )
    grown = memory - first
    row("memory after the first minute", f"{first:.0f} MiB")
    row(
        "growth since then",
        f"{grown:.1f} MiB",
        f"<= {GROWTH_MIB:.0f} MiB",
        grown <= GROWTH_MIB,
    )
    row(
        "written to the terminal",
        f"{written / (time.monotonic() - begun) / 1024:.1f} KiB/s",
    )


if __name__ == "__main__":
    soak(float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES)
