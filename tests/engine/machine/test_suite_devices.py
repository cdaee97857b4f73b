# SPDX-License-Identifier: GPL-2.0-or-later
"""The devices that suites of test kernels expect are in a machine that asks for them, and in no other."""

from __future__ import annotations

from pathlib import Path

from engine.machine import snapshot
from engine.machine.config import MachineConfig
from engine.machine.machine import Machine

EXIT, CONSOLE, TESTDEV, SIGNATURE = 0xF4, 0xE9, 0xE8, 0x511


def test_a_pc_has_none_of_them() -> None:
    with Machine() as machine:
        assert machine.access.port_in(0, CONSOLE, 1) == 0xFF
        assert machine.access.port_in(0, SIGNATURE, 1) == 0xFF
        machine.access.port_out(0, EXIT, 4, 0)
        assert machine.exit_value is None


def test_they_answer_where_suites_expect_them() -> None:
    with Machine(config=MachineConfig(suite_devices=True)) as machine:
        machine.access.port_out(0, TESTDEV, 4, 0x12345678)
        assert machine.access.port_in(0, TESTDEV, 4) == 0x12345678
        assert machine.access.port_in(0, CONSOLE, 1) == CONSOLE
        assert machine.access.port_in(0, SIGNATURE, 1) == ord("Q")
        machine.access.port_out(0, CONSOLE, 1, ord("x"))
        assert machine.take_console() == b"x"
        machine.access.port_out(0, EXIT, 4, 5)
        assert machine.exit_value == 5


def test_a_snapshot_holds_them(tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    with Machine(config=MachineConfig(suite_devices=True)) as machine:
        machine.access.port_out(0, TESTDEV, 4, 0x12345678)
        machine.access.port_out(0, EXIT, 4, 5)
        snapshot.save(machine, saved)
    with snapshot.restore(saved, None) as machine:
        assert machine.access.port_in(0, TESTDEV, 4) == 0x12345678
        assert machine.exit_value == 5
