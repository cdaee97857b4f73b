# SPDX-License-Identifier: GPL-2.0-or-later
"""The devices that suites of test kernels, such as kvm-unit-tests, expect beside those of a PC."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from engine.machine.devices.debug_console import DebugConsole
from engine.machine.devices.debug_exit import DebugExit
from engine.machine.devices.device import Device
from engine.machine.devices.fw_cfg import FwCfg
from engine.machine.devices.interrupt_lines import InterruptLines
from engine.machine.devices.io_apic import INPUTS
from engine.machine.devices.pc_testdev import PcTestdev

if TYPE_CHECKING:
    from engine.machine.machine import Machine


class SuiteDevices:
    """Made for a machine whose configuration asks for them (`suite_devices`)."""

    def __init__(self, machine: Machine, lines: InterruptLines) -> None:
        ports = machine.ports
        self.exit = DebugExit(ports, machine.stop)
        self.devices: list[Device] = [
            self.exit,
            FwCfg(ports, machine.memory, machine.ncpus),
            PcTestdev(ports, machine.windows, [partial(lines.set_irq, number) for number in range(INPUTS)]),
        ]
        self.console = DebugConsole(ports)  # last: it takes port 0xE9 from pc-testdev, whose wider accesses stay
        self.devices.append(self.console)
