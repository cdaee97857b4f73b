# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines that begin from a snapshot instead of a boot."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import VirtualMachine
from engine.machine.machine import MachineConfig
from engine.vm import boot_snapshot
from engine.vm.boot_media import BUNDLED_BOOT_SECONDS, boot_media
from engine.vm.options import PowerOn


def warm_start(cache: Path) -> list[object]:
    with boot_snapshot.machine(boot_media(PowerOn()), MachineConfig(disk_model="hdd", seed=0), cache) as machine:
        machine.take_console()
        machine.run_seconds(1.5)
        return [machine.ticks, machine.counters(), machine.take_console(), machine.screen(), bytes(machine.core.ram)]


def test_the_first_start_and_later_ones_are_the_same(tmp_path: Path) -> None:
    first = warm_start(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    assert warm_start(tmp_path) == first


def test_a_damaged_snapshot_is_made_again(tmp_path: Path) -> None:
    first = warm_start(tmp_path)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])
    assert warm_start(tmp_path) == first
    assert len(path.read_bytes()) == len(whole)


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    nowhere = tmp_path / "file"
    nowhere.write_text("in the way")
    assert warm_start(nowhere) == warm_start(tmp_path / "cache")


def test_the_cache_is_bounded(tmp_path: Path) -> None:
    for number in range(boot_snapshot.KEPT + 3):
        (tmp_path / f"{number}.snapshot").touch()
    warm_start(tmp_path)
    assert len(list(tmp_path.glob("*.snapshot"))) == boot_snapshot.KEPT


def test_a_warm_machine_begins_one_second_after_power_on() -> None:
    with VirtualMachine.power_on(PowerOn(cold=False)) as vm:
        assert vm.seconds == pytest.approx(BUNDLED_BOOT_SECONDS, abs=1e-5)


def test_what_the_guest_wrote_before_a_warm_start_is_seen() -> None:
    with VirtualMachine.power_on(PowerOn(cold=False)) as vm:
        assert vm.latest.console == ""
        (frame,) = vm.frames(0.1)
        assert "netd: address" in frame.console
