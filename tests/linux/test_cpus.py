# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel on two CPUs: found by ACPI or by MP tables, seen by scripts, the same each time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.linux.conftest import Boot, run_until

WORK = """$B nproc; $B cp $B /gzip; $B cp $B /md5sum
for n in 1 2 3 4; do ($B sha256sum /bin/busybox; $B ls -lR /proc/sys) >/dev/null & done
$B taskset 1 /gzip -1 -c $B >/dev/null & $B taskset 2 /md5sum $B >/dev/null & wait
"""
PINNED = {(0, 0, "gzip"), (1, 1, "md5sum")}
"""On which CPU, by the machine and by the kernel, each of two processes may run only."""
END = "$B cat /proc/interrupts; echo DONE; $B sleep 1000\n"
SCRIPT = """
(defaggr where 2 1)
(vprobe GUEST:ENTER:handle_mm_fault (aggr where (VCPUID (curcpu)) ((curprocname)) 1))
(defaggr irqs 2 0)
(defaggr user 2 1)
(vprobe USEC:500 (cond ((== (& CS 3) 3) (aggr user (VCPUID (curcpu)) ((curprocname)) 1))))
(vprobe Guest_IRQ (aggr irqs (VCPUID ARG0) () 1))
(vprobe HV_Exit (aggr irqs (VCPUID 999) () 1))
"""


def test_a_run_with_a_script_is_the_same_as_one_without(boot: Boot) -> None:
    ends = []
    for script in ("", SCRIPT):
        with boot(WORK + END, cpus=2) as vm:
            loaded = vm.load(script) if script else None
            console = run_until(vm, "DONE")
            ends.append((console, vm.latest.blocks, vm.latest.interrupts, vm.latest.tsc))
            if loaded is not None:
                rows = loaded.aggregates["where"]
                assert {row.integers[0] for row in rows} == {0, 1}
                assert all(row.integers[0] == row.integers[1] for row in rows)
                assert {"busybox", "sha256sum"} & {row.strings[0] for row in rows}
                ran = {(*row.integers, row.strings[0]) for row in loaded.aggregates["user"]}
                assert {place for place in ran if place[2] in {"gzip", "md5sum"}} == PINNED
    assert ends[0] == ends[1]
    assert re.search(r"^2\r?$", ends[0][0], re.MULTILINE)


def has_mp_tables(kernel: Path) -> bool:
    """Whether a kernel reads them."""
    configuration = kernel.with_name(kernel.name.replace("vmlinuz", "config"))
    return "CONFIG_X86_MPPARSE=y" in configuration.read_text()


@pytest.mark.parametrize("append", ["", "acpi=off"])
def test_both_tables_name_the_second(boot: Boot, kernel: Path, append: str) -> None:
    with boot(f"$B nproc; $B dmesg | $B grep -i mptable; {END}", cpus=2, append=append) as vm:
        console = run_until(vm, "DONE")
    second = not append or has_mp_tables(kernel)
    assert bool(re.search(r"^2\r?$", console, re.MULTILINE)) is second
    assert ("MPTABLE" in console) is (bool(append) and second)
