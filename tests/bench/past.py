# SPDX-License-Identifier: GPL-2.0-or-later
"""Checkpoints: what they cost the guest, how fast seconds that have passed are run again, how long a step takes, and
how fast the machine runs meanwhile.
"""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path
from threading import Event
from typing import get_args

from engine import VirtualMachine
from engine.probes.frame import Frame
from engine.vm.client import VmProcess
from engine.vm.options import PowerOn
from engine.vm.past.messages import AskedFrame, Unit
from engine.vm.protocol import FrameMessage
from tests.bench.measure import heading, interleaved, row

SECONDS = 20
TURNS = 3
RARE = "(vprobe TIMER:4sec 1)"
"""Fires once before the visited moment, shortly after the only checkpoint."""
EACH_SECOND = "(vprobe TIMER:1sec 1)"
LATE = '(vprobe TIMER:13sec (printf "late\\n"))'
"""Fires once, shortly before the visited moment."""
BOOTED = 1
STEPS = {
    "back": "a step back to a rare firing",
    "forward": "a step on to one",
    "why": "why a line was printed once",
    "seconds": "ten steps back by second",
    "firings": "ten steps back by firing, one a second",
    "interrupts": "ten steps back by interrupt",
    "blocks": "ten steps back by block",
}
SLOW = {"seconds": 4, "firings": 10, "interrupts": 5, "blocks": 4}
"""Budgets of those that are more than one step."""
SCRIPT = "(defaggr irqs 1 0)\n(vprobe Guest_IRQ (aggr irqs (ARG0) () 1))"


WINDOW = 2.5
"""Wall seconds for which the speed of the machine is measured at a time."""
BEFORE = 8
"""Frames that there are before."""


class _Watched:
    """A VM process, its speed, and one question after the other about its past."""

    def __init__(self, *, paced: bool) -> None:
        self._seen: list[tuple[Frame, float]] = []
        self._ready, self._asked = Event(), Event()
        self._process = VmProcess.start(power=PowerOn(), paced=paced)
        self._client = self._process.connect(self._take)
        self._ready.wait()

    def _take(self, event: object) -> None:
        if isinstance(event, FrameMessage):
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
            self._seen.append((event.frame, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")))
            if len(self._seen) >= BEFORE:
                self._ready.set()
        elif isinstance(event, AskedFrame):
            self._asked.set()

    def close(self) -> None:
        """Power off."""
        self._client.close()
        self._process.stop()

    def window(self, *, asked: bool) -> tuple[float, float]:
        """Wall seconds of a guest second, and CPU seconds of the VM process of a block, in a window."""
        until, open_question = time.perf_counter() + WINDOW, None
        self._asked.clear()
        first = len(self._seen)
        while time.perf_counter() < until:
            if asked and (open_question is None or open_question.reply.done()):
                open_question = self._client.ask("asked.vp", SCRIPT)
            time.sleep(0.01)
        (begin, spent), (end, all_spent) = self._seen[first], self._seen[-1]
        if open_question is not None:
            if not self._asked.is_set():
                raise RuntimeError("nothing was asked in this window")
            self._client.cancel(open_question).result()
        wall = (end.wall_seconds - begin.wall_seconds) / (end.guest_seconds - begin.guest_seconds)
        return wall, (all_spent - spent) / (end.blocks - begin.blocks)


def _meanwhile(what: str, *, paced: bool) -> None:
    """The speed of the machine while seconds are asked, against none."""
    watched = _Watched(paced=paced)
    which = 0 if paced else 1
    try:
        candidates = {
            "none": lambda: watched.window(asked=False)[which],
            "asked": lambda: watched.window(asked=True)[which],
        }
        best = interleaved(candidates, TURNS)
    finally:
        watched.close()
    ratio = best["none"] / best["asked"]
    row(what, f"{ratio:.2f}", ">= 0.9", ratio >= 0.9)


def past() -> None:
    """Guest seconds with a checkpoint every five, against none; and the same seconds asked."""
    heading("the past")
    asked: list[float] = []

    def run(*, kept: bool) -> float:
        with VirtualMachine.bundled() as vm:
            if kept:
                vm.keep_past()
            begun = time.process_time()
            vm.run(SECONDS)
            spent = time.process_time() - begun
            if kept:
                begun = time.perf_counter()
                vm.past().load(SCRIPT)
                asked.append(SECONDS / (time.perf_counter() - begun))
            return spent

    best = interleaved({"none": lambda: run(kept=False), "kept": lambda: run(kept=True)}, TURNS)
    share = (best["kept"] - best["none"]) / SECONDS
    row("CPU time of checkpoints in the VM process, per guest second", f"{share:.1%}", "<= 3%", share <= 0.03)
    row("guest seconds asked per wall second", f"{max(asked):.1f}", ">= 5", max(asked) >= 5)
    with VirtualMachine.power_on(PowerOn(past_every=SECONDS)) as vm:
        vm.keep_past()
        vm.run(SECONDS - 1)

        def step() -> float:
            with vm.past().at(4 + SECONDS / 2, RARE) as moment:
                begun = time.perf_counter()
                moment.step("firing", backward=True)
                return time.perf_counter() - begun

        def forward() -> float:
            with vm.past().at(BOOTED, LATE) as moment:
                begun = time.perf_counter()
                moment.step("firing")
                return time.perf_counter() - begun

        def why() -> float:
            begun = time.perf_counter()
            vm.past(until=4 + SECONDS / 2).why_printed(LATE, "late")
            return time.perf_counter() - begun

        def ask() -> float:
            begun = time.perf_counter()
            vm.past(until=4 + SECONDS / 2).load(RARE)
            return time.perf_counter() - begun

        def ten(unit: Unit) -> float:
            with vm.past().at(4 + SECONDS / 2, EACH_SECOND) as moment:
                begun = time.perf_counter()
                for _ in range(10):
                    moment.step(unit, backward=True)
                return time.perf_counter() - begun

        tens = {f"{unit}s": partial(ten, unit) for unit in get_args(Unit)}
        best = interleaved({"back": step, "forward": forward, "why": why, "ask": ask, **tens}, TURNS)
    for name, what in STEPS.items():
        ratio, most = best[name] / best["ask"], SLOW.get(name, 2)
        row(f"{what}, over running the seconds up to there once", f"{ratio:.2f}", f"<= {most}", ratio <= most)
    _meanwhile("guest seconds per wall second while it is asked, over before", paced=True)
    _meanwhile("the same, as fast as possible: blocks per CPU second", paced=False)


if __name__ == "__main__":
    past()
