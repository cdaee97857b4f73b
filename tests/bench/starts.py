# SPDX-License-Identifier: GPL-2.0-or-later
"""From the command to the first live Frame on a terminal, and from a snapshot of Linux to an answer of its shell."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from pathlib import Path

from engine import VirtualMachine
from engine.errors import VptopError
from engine.vm.linux import busybox, cache, packages
from engine.vm.options import PowerOn
from tests.bench.measure import heading, row

TURNS = 3
SIZE = (120, 40)
LONGEST = 60.0
SEQUENCE = re.compile(rb"\x1b\[[\d;?>$]*[a-zA-Z]")
ROWS = re.compile(rb"\xce\xa3 *\d+ process|\xce\xa3 *[\d.]+/s")
"""The totals below a table that has rows, which come with the first Frame of a running guest."""
STEP = 0.001
"""Guest seconds between two looks at the console."""
COMMAND, ANSWER = "echo answer-$((40+2))\n", "answer-42"


def first_frame(command: list[str], folder: str) -> float:
    """Seconds until `vptop` shows rows of a running guest.

    Raises:
        RuntimeError: it does not.
    """
    begun = time.monotonic()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update({"TERM": "xterm-256color", "XDG_CACHE_HOME": folder, "XDG_STATE_HOME": folder})
        os.execv(sys.executable, [sys.executable, "-m", "vptop", *command])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))
    try:
        return _seen(terminal, begun)
    finally:
        os.write(terminal, b"q")
        _drain(terminal)
        os.waitpid(pid, 0)


def _seen(terminal: int, begun: float) -> float:
    shown = b""
    while (passed := time.monotonic() - begun) < LONGEST:
        if select.select([terminal], [], [], LONGEST - passed)[0]:
            shown += os.read(terminal, 1 << 16)
            if ROWS.search(SEQUENCE.sub(b"", shown)):
                return time.monotonic() - begun
    raise RuntimeError(f"vptop shows no rows within {LONGEST:g} s")


def _drain(terminal: int) -> None:
    """Read what a program still writes, until it has ended."""
    try:
        while os.read(terminal, 1 << 16):
            pass
    except OSError:  # EIO: nobody has the terminal open any more
        return


def prompt(power: PowerOn) -> float:
    """Seconds from a snapshot to what a shell answers to a command."""
    begun = time.monotonic()
    with VirtualMachine.power_on(power) as vm:
        vm.type(COMMAND)
        shown = ""
        while ANSWER not in shown:
            shown += "".join(frame.console for frame in vm.frames(STEP))
        return time.monotonic() - begun


def starts() -> None:
    """Print what starts take."""
    heading("from the command to the first Frame with rows on a terminal; from a snapshot to a shell's answer")
    packed, kept = cache.directory(), os.environ.get("XDG_CACHE_HOME")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "vptop").mkdir()
        (Path(folder) / "vptop" / "linux").symlink_to(packed)
        os.environ["XDG_CACHE_HOME"] = folder
        try:
            _judge("bundled guest", _best(lambda: first_frame([], folder)), 1.0)
            _linux(folder)
        except VptopError as error:
            print(f"  not measured: {error}")
        finally:
            os.environ.pop("XDG_CACHE_HOME")
            os.environ.update({"XDG_CACHE_HOME": kept} if kept is not None else {})


def _linux(folder: str) -> None:
    kernel, program = packages.find_kernel(print), busybox.get_busybox(print)
    power = PowerOn(kernel=str(kernel), busybox=str(program), cold=False)
    _judge("Linux, the first time", first_frame(["linux"], folder), 10.0)
    prompt(power)  # makes the snapshot, to which the dashboard has come too when it is left to run
    _judge("Linux, the second time", _best(lambda: first_frame(["linux"], folder)), 1.5)
    _judge("Linux, from its snapshot to an answer at the prompt", _best(lambda: prompt(power)), 0.2)


def _best(measured: Callable[[], float]) -> float:
    return min(measured() for _ in range(TURNS))


def _judge(name: str, seconds: float, budget: float) -> None:
    row(name, f"{seconds:.2f} s", f"<= {budget:g} s", seconds <= budget)


if __name__ == "__main__":
    starts()
