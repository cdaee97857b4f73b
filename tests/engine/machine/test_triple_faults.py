# SPDX-License-Identifier: GPL-2.0-or-later
"""Triple faults reset the machine, take guest time, and are reported."""

from __future__ import annotations

import pytest

from engine.machine.config import MachineConfig
from engine.machine.machine import Machine
from engine.machine.triple_faults import SELF_TEST_MS, TripleFaultError
from tests.engine.machine.real_mode_guest import boot_sector

TRIPLE_FAULT = boot_sector("cli\n lidtl %cs:empty\n movl $0x12345678, %ebx\nfault: ud2\nempty: .word 0\n .long 0")
"""With an IDT of one byte no exception can be delivered."""


def test_each_reset_takes_guest_time() -> None:
    """A guest that does nothing but fault is reset about once in the time of the self-test."""
    with Machine(TRIPLE_FAULT) as machine:
        machine.run_seconds(0.1)
        assert machine.seconds >= 0.1
        assert machine.reboots == machine.triple_faults.count
        assert 0.1 / (SELF_TEST_MS / 1000) - 2 <= machine.reboots <= 0.1 / (SELF_TEST_MS / 1000) + 1


def test_the_notice_says_where_and_how_often() -> None:
    with Machine(TRIPLE_FAULT) as machine:
        machine.run_seconds(0.001)
        first = machine.triple_faults.take_notice()
        assert first.startswith("triple fault at RIP 0x7c0")
        assert first.endswith(", the machine was reset (once)")
        assert machine.triple_faults.take_notice() == ""
        machine.run_seconds(0.1)
        count = machine.triple_faults.count
        assert machine.triple_faults.take_notice().endswith(f", the machine was reset ({count} times)")


def test_without_reboot_the_machine_stops_there_with_its_registers() -> None:
    with Machine(TRIPLE_FAULT, MachineConfig(reboot=False)) as machine:
        with pytest.raises(TripleFaultError, match=r"triple fault at RIP 0x7c0. of CPU 0\n") as stopped:
            machine.run_seconds(0.1)
        assert "RBX 0000000012345678" in str(stopped.value)
        assert machine.reboots == 0
        assert machine.triple_faults.take_notice() == ""  # it was not reset
