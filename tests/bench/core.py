# SPDX-License-Identifier: GPL-2.0-or-later
"""Single operations of scripts, aggregates of a million rows, and loading."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from engine import VirtualMachine
from engine.core.binding import Core, CoreProgram, keep_memory
from engine.machine.machine import Machine
from engine.probes.image import image_of
from engine.vp import compile_script
from tests.bench import loop
from tests.bench.measure import heading, row

TIMES = 200_000
OPERATIONS = {
    "nothing": "0",
    "TSC": "(setint x TSC)",
    "a global": "(setint x y)",
    "physical memory": "(setint x (getguestphys 0x300000))",
    "linear memory": "(setint x (getguest 0x300000))",
    "aggregate without keys": "(aggr none () () 1)",
    "aggregate, key hit": "(aggr one (7) () 1)",
    "aggregate, key missed": "(setint x (+ x 1)) (aggr two (x) () 1)",
    "bag insert and remove": "(baginsert bag 1 2) (bagremove bag 1)",
    "sprintf": '(sprintf text "RIP 0x%x" RIP)',
    "strcmp": '(strcmp text "nothing")',
    "gueststack": "(gueststack text)",
}
HEAD = "(definteger x)(definteger y)(defstring text)(defaggr none 0 0)(defaggr one 1 0)(defaggr two 1 0)(defbag bag 64)"
MILLION = 1_000_000


@contextmanager
def stopped_machine() -> Iterator[Core]:
    """A machine in long mode that has done its loop."""
    with Machine(loop.image(1000)) as machine:
        machine.run(10**9)
        yield machine.core


def program(core: Core, source: str) -> CoreProgram:
    """Compile and hand to the core."""
    compiled = compile_script(source, "bench.vp")
    assert compiled.program is not None, compiled.diagnostics
    return core.program(image_of(compiled.program))


def operations() -> None:
    """Each operation of a classic VProbes micro-benchmark, as a firing of its own."""
    heading("operations (nanoseconds a firing; ratio to a firing that does nothing)")
    with stopped_machine() as core:
        nothing = 1.0
        for name, body in OPERATIONS.items():
            made = program(core, f"{HEAD}\n(vprobe VMM1Hz {body})")
            best = min(core.fire_repeat(made, 0, TIMES) for _ in range(5)) / TIMES
            nothing = best if name == "nothing" else nothing
            row(f"{name}: {best:.1f} ns", f"{best / nothing:.1f}")
            made.free()


def rows() -> None:
    """An aggregate that grows to a million rows, and reading it out."""
    heading("an aggregate of a million rows, in a process that keeps its memory as that of a VM does")
    keep_memory()
    with stopped_machine() as core:
        made = program(core, "(definteger x)(defaggr a 1 0)(vprobe VMM1Hz (setint x (+ x 1)) (aggr a (x) () 1))")
        parts = []
        for size in range(MILLION // 10, MILLION + 1, MILLION // 10):
            parts.append(core.fire_repeat(made, 0, MILLION // 10) / (MILLION // 10))
            if size in (MILLION // 10, MILLION):
                _read_out(made, size)
        row("the last tenth of the updates against the first", f"{parts[-1] / parts[0]:.2f}")
        row("mean of an update that adds a row", f"{sum(parts) / 10:.0f} ns")
        made.free()


def _read_out(made: CoreProgram, size: int) -> None:
    times = []
    for _ in range(7):
        begun = time.perf_counter()
        packed = made.rows(0)
        times.append((time.perf_counter() - begun) * 1e3 / (size / 100_000))
        assert packed.rows == size
    row(f"reading out {size:,} rows, each 100,000", f"{min(times):.2f} ms", "<= 1 ms", min(times) <= 1)


def lines_200() -> str:
    """A script of that many lines, more or less."""
    functions = "\n".join(
        f"(defun f{i} (a b)\n  (cond ((> a b) (+ a (* b {i})))\n        (1 (- b a))))" for i in range(60)
    )
    return f"(defaggr a 1 0)\n{functions}\n" + "\n".join(
        f"(vprobe VMM10Hz\n  (aggr a ((f{i} RIP {i})) () 1))" for i in range(10)
    )


def loading() -> None:
    """A script of 200 lines, loaded into a running guest."""
    heading("loading")
    source = lines_200()
    with VirtualMachine.bundled() as vm:
        vm.run(0.5)
        vm.load("(vprobe VMM1Hz 0)", "warm.vp")
        times = []
        for _ in range(5):
            begun = time.perf_counter()
            vm.load(source, "bench.vp")
            times.append((time.perf_counter() - begun) * 1e3)
            vm.unload("bench.vp")
    lines = source.count("\n") + 1
    row(f"a script of {lines} lines", f"{min(times):.0f} ms", "<= 50 ms", min(times) <= 50)


if __name__ == "__main__":
    operations()
    rows()
    loading()
