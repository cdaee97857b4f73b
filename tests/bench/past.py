# SPDX-License-Identifier: GPL-2.0-or-later
"""Checkpoints: what they cost the guest, how fast seconds that have passed are run again, and how long a step takes."""

from __future__ import annotations

import time

from engine import VirtualMachine
from engine.vm.options import PowerOn
from tests.bench.measure import heading, interleaved, row

SECONDS = 20
TURNS = 3
RARE = "(vprobe TIMER:4sec 1)"
"""Fires once before the visited moment, shortly after the only checkpoint."""
SCRIPT = "(defaggr irqs 1 0)\n(vprobe Guest_IRQ (aggr irqs (ARG0) () 1))"


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

        def ask() -> float:
            begun = time.perf_counter()
            vm.past(until=4 + SECONDS / 2).load(RARE)
            return time.perf_counter() - begun

        best = interleaved({"step": step, "ask": ask}, TURNS)
    ratio = best["step"] / best["ask"]
    row("a step back to a rare firing, over running these seconds once", f"{ratio:.2f}", "<= 2", ratio <= 2)


if __name__ == "__main__":
    past()
