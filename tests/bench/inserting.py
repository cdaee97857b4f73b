# SPDX-License-Identifier: GPL-2.0-or-later
"""A probe on an instruction of a guest with much code: only the blocks that hold it are translated anew."""

from __future__ import annotations

import time
from functools import partial

from engine import VirtualMachine
from engine.guest import bundled
from tests.bench.measure import heading, interleaved, row

TURNS = 50
SPAN, SETTLED = 0.02, 0.1
"""Guest seconds that are timed, and before that for everything to be translated again."""
BUDGET = 1.1
HOT = "syscall"
"""a function of the bundled guest's kernel that all of its processes come to"""
NO_CODE = "(vprobe VMM1Hz 0)"
EVERYTHING = "(vprobe SMM_RSMPre 0)"
"""It may be in any block of SMRAM, so all blocks are dropped."""


def inserting() -> None:
    """Print the CPU time of the guest's next milliseconds after loading, against a script without such a probe."""
    heading(f"the next {SPAN * 1e3:g} ms of the bundled guest after a script is loaded (no probe on code = 1)")
    probe = f"(vprobe GUEST:{bundled.symbols()[HOT]:#x} 0)"
    with VirtualMachine.bundled() as vm:
        vm.run(2)

        def after(source: str) -> float:
            vm.run(SETTLED)
            script = vm.load(source)
            begun = time.thread_time()
            vm.run(SPAN)
            taken = time.thread_time() - begun
            script.unload()
            return taken

        best = interleaved({source: partial(after, source) for source in (NO_CODE, probe, EVERYTHING)}, TURNS)
    ratio = best[probe] / best[NO_CODE]
    row(probe, f"{ratio:.2f}", f"<= {BUDGET}", ratio <= BUDGET)
    row("all code translated anew, for comparison", f"{best[EVERYTHING] / best[NO_CODE]:.2f}")


if __name__ == "__main__":
    inserting()
