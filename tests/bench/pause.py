# SPDX-License-Identifier: GPL-2.0-or-later
"""How long a guest stands while a script is loaded or unloaded, and how fast it is afterwards.

The loop (loop.S) stores its count of rounds in each round. Its RAM is read from outside the VM process all the time
(proc_pid_mem(5)), so nothing in that process takes part in the measurement.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from engine.vm.client import VmClient, VmProcess
from engine.vm.options import PowerOn
from engine.vm.protocol import Reply
from tests.bench import loop, marks
from tests.bench.core import lines_200
from tests.bench.measure import heading, row

COUNT_AT = 0x300008
ROUNDS = 1 << 62
MEMORY_MIB = 64
TURNS = 11
NAP = 50e-6
SETTLED, WINDOW, WINDOWS = 0.1, 0.1, 4
"""Seconds after a change from which the speed counts, seconds over which it is taken, and how often."""
PAUSE_MS = 2.0


@dataclass(frozen=True)
class Sample:
    """A moment, and the rounds that were left."""

    at: float
    left: int


class Watched:
    """The loop in a VM process."""

    def __init__(self, process: VmProcess, client: VmClient) -> None:
        self.client = client
        self._pid = process.pid
        self._memory = os.open(f"/proc/{process.pid}/mem", os.O_RDONLY)
        self._ram = self._find_ram(process.pid)

    def _find_ram(self, pid: int) -> int:
        sector = loop.image(ROUNDS)[:512]
        for first, last in re.findall(
            r"^(\w+)-(\w+) rw-p 0+ 00:00 0 *$", Path(f"/proc/{pid}/maps").read_text(), re.MULTILINE
        ):
            at = int(first, 16)
            if int(last, 16) - at >= MEMORY_MIB << 20 and os.pread(self._memory, 512, at + loop.BOOT) == sector:
                return at
        raise RuntimeError("the guest's RAM was not found in the VM process")

    def samples(self, seconds: float, until: Future[Reply] | None = None) -> list[Sample]:
        """Look for so long, and then until there is a reply."""
        found, end = [], time.perf_counter() + seconds
        while (now := time.perf_counter()) < end or (until is not None and not until.done()):
            found.append(Sample(now, self._left()))
            time.sleep(NAP)
        return found

    def rate(self) -> float:
        """Rounds in a second of the VM process's CPU time, so that what else the host does is left out."""
        begun, left, spent = marks.cpu_seconds(self._pid), self._left(), 0.0
        while spent < WINDOW:
            time.sleep(WINDOW / 4)
            spent = marks.cpu_seconds(self._pid) - begun
        return (left - self._left()) / spent

    def _left(self) -> int:
        return int.from_bytes(os.pread(self._memory, 8, self._ram + COUNT_AT), "little")

    def close(self) -> None:
        """Stop looking."""
        os.close(self._memory)


def longest_stand(samples: list[Sample]) -> float:
    """Milliseconds for which the count stood at the same value, at most."""
    longest, since = 0.0, samples[0]
    for sample in samples:
        if sample.left != since.left:
            since = sample
        longest = max(longest, sample.at - since.at)
    return longest * 1e3


@contextmanager
def watched() -> Iterator[Watched]:
    """The loop, running."""
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder, "loop.img")
        image.write_bytes(loop.image(ROUNDS))
        process = VmProcess.start(power=PowerOn(boot=str(image), memory_mib=MEMORY_MIB, past_seconds=0), paced=False)
        try:
            with process.connect(lambda _: None) as client:
                found = Watched(process, client)
                found.samples(0.5)
                yield found
                found.close()
        finally:
            process.stop()


def pause() -> None:
    """Print the longest stands of the loop around loading and unloading, and its speed afterwards."""
    heading("loading and unloading a script while the guest runs: how long it stands")
    if not Path("/proc/self/mem").exists():
        print("  not measured: this host has no /proc/PID/mem")
        return
    source = lines_200()
    stands: dict[str, list[float]] = {"nothing": [], "loading": [], "unloading": []}
    speeds: dict[str, list[float]] = {"loading": [], "unloading": []}
    with watched() as guest:
        client = guest.client
        client.load("warm.vp", "(vprobe VMM1Hz 0)").result()
        for _ in range(TURNS):
            stands["nothing"].append(longest_stand(guest.samples(SETTLED)))
            before = guest.rate()
            for what, ask in (
                ("loading", lambda: client.load("bench.vp", source)),
                ("unloading", lambda: client.unload("bench.vp")),
            ):
                reply = ask()
                stands[what].append(longest_stand(guest.samples(SETTLED, until=reply)))
                assert reply.result().ok, reply.result().message
                speeds[what] += [guest.rate() / before for _ in range(WINDOWS)]
    row("no change", f"{min(stands.pop('nothing')):.1f} ms")
    for what, found in stands.items():
        best = min(found)
        row(
            f"{what} a script of {source.count(chr(10)) + 1} lines",
            f"{best:.1f} ms",
            f"<= {PAUSE_MS:g} ms",
            best <= PAUSE_MS,
        )
        speed = median(speeds[what])
        row(f"  speed {SETTLED * 1e3:.0f} ms after it, against before", f"{speed:.3f}", ">= 0.97", speed >= 0.97)


if __name__ == "__main__":
    pause()
