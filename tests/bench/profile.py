# SPDX-License-Identifier: GPL-2.0-or-later
"""Where host time goes while the bundled guest runs: `python -m tests.bench.profile [SECONDS]`; with `--linux`, while a
distribution's kernel boots its demonstration.

Prints the share of guest execution (translated code and core, one line) and the Python functions that take most, which
are device models. With `perf` installed, `perf record -g` around the same command splits up the native part.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import time

from engine.vm.linux import busybox, packages
from engine.vm.options import PowerOn
from engine.vm.virtual_machine import VirtualMachine
from vptop.model.scriptfiles import bundled

ROWS = 25
BOOT_SECONDS, SECONDS = 6.0, 5.0
LINUX = "--linux"


def main(words: list[str]) -> None:
    """Profile the bundled guest with the bundled scripts, or the boot of Linux without any."""
    linux, (given, *_) = LINUX in words, [*(word for word in words if word != LINUX), ""]
    seconds = float(given or (BOOT_SECONDS if linux else SECONDS))
    power = PowerOn()
    if linux:
        kernel, program = packages.find_kernel(print), busybox.get_busybox(print)
        power = PowerOn(kernel=str(kernel), busybox=str(program), words="quiet")
    with VirtualMachine.power_on(power) as vm:
        for script in () if linux else bundled():
            vm.load(script.source, script.name)
        profile = cProfile.Profile()
        begun = time.perf_counter()
        profile.runcall(vm.run, seconds)
        wall = time.perf_counter() - begun
        frame = vm.latest
    print(f"{seconds:g} guest seconds in {wall:.2f} s: {frame.blocks} blocks, {frame.interrupts} interrupts")
    pstats.Stats(profile, stream=sys.stdout).strip_dirs().sort_stats("tottime").print_stats(ROWS)


if __name__ == "__main__":
    main(sys.argv[1:])
