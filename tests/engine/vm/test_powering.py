# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine of a configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.machine import snapshot
from engine.vm.boot_media import boot_media
from engine.vm.options import BootError, PowerOn
from engine.vm.powering import machine_of


def test_a_snapshot_goes_on_where_it_was_made(tmp_path: Path) -> None:
    power = PowerOn(memory_mib=48)
    machine, watch = machine_of(power, boot_media(power))
    assert watch is None
    assert machine.ticks == 0
    machine.run_seconds(0.05)
    path = tmp_path / "one.vmss"
    snapshot.save(machine, path)
    counters = machine.counters()
    machine.close()
    resumed = PowerOn(memory_mib=48, resume=str(path))
    again, _ = machine_of(resumed, boot_media(resumed))
    assert again.counters() == counters
    again.close()


def test_a_snapshot_that_is_not_there_is_named(tmp_path: Path) -> None:
    power = PowerOn(resume=str(tmp_path / "nowhere.vmss"))
    with pytest.raises(BootError, match=r"nowhere\.vmss: No such file"):
        machine_of(power, boot_media(power))
