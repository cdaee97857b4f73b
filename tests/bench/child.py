# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the product's machine and copies its serial console to standard output: `child linux KERNEL INITRD COMMANDLINE`
or `child disk IMAGE SECONDS`. Guest seconds pass between two looks at the console.
"""

from __future__ import annotations

import sys
from pathlib import Path

from engine.machine.config import MIB, MachineConfig
from engine.machine.linux import boot
from engine.machine.machine import Machine
from tests.bench.marks import MEMORY_MIB

SLICE, SHORT_SLICE = 0.01, 0.001
"""Guest seconds between two looks at the console; short ones cost some per cent."""


def machine_with_linux(kernel: Path, initrd: Path, command_line: str) -> list[str]:
    """The command that boots a kernel."""
    return [sys.executable, "-m", "tests.bench.child", "linux", str(kernel), str(initrd), command_line]


def machine_with_disk(image: Path, seconds: float) -> list[str]:
    """The command that boots a disk."""
    return [sys.executable, "-m", "tests.bench.child", "disk", str(image), str(seconds)]


def _machine(kind: str, words: list[str]) -> Machine:
    config = MachineConfig(ram_bytes=MEMORY_MIB * MIB, ticks_per_byte=1)
    if kind == "disk":
        return Machine(Path(words[0]).read_bytes(), config)
    kernel, initrd, command_line = words
    linux = boot.kernel(Path(kernel).read_bytes(), command_line, Path(initrd).read_bytes())
    return Machine(config=config, kernel=linux)


def main(kind: str, *words: str) -> None:
    """Boot and run until the guest switches off."""
    seconds = float(words[1]) if kind == "disk" else SLICE
    with _machine(kind, list(words)) as machine:
        while not machine.powered_off and not machine.reboots:
            machine.run_seconds(seconds)
            if console := machine.take_console():
                sys.stdout.buffer.write(console)
                sys.stdout.buffer.flush()
        counters = machine.counters()
        print(f"guest {machine.seconds:.3f} s, {counters.blocks} blocks, {counters.interrupts} interrupts")


if __name__ == "__main__":
    main(*sys.argv[1:])
