# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the product's machine with a Linux kernel and copies its serial console to standard output."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.machine.config import MIB, MachineConfig
from engine.machine.linux import boot
from engine.machine.machine import Machine

SLICE = 0.01
"""guest seconds between two looks at the console"""
MEMORY_MIB = 256


def main(kernel: str, initrd: str, command_line: str) -> None:
    """Boot and run until the guest switches off."""
    linux = boot.kernel(Path(kernel).read_bytes(), command_line, Path(initrd).read_bytes())
    with Machine(config=MachineConfig(ram_bytes=MEMORY_MIB * MIB, ticks_per_byte=1), kernel=linux) as machine:
        while not machine.powered_off and not machine.reboots:
            machine.run_seconds(SLICE)
            if console := machine.take_console():
                sys.stdout.buffer.write(console)
                sys.stdout.buffer.flush()
        counters = machine.counters()
        print(f"guest {machine.seconds:.3f} s, {counters.blocks} blocks, {counters.interrupts} interrupts")


if __name__ == "__main__":
    main(*sys.argv[1:])
