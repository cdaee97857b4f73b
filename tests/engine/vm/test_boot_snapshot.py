# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines that begin from a snapshot instead of a boot."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from engine import VirtualMachine
from engine.machine.config import MachineConfig
from engine.machine.linux.initrd import archive
from engine.machine.machine import Machine
from engine.vm import boot_snapshot
from engine.vm.boot_media import BUNDLED_BOOT_SECONDS, boot_media
from engine.vm.boot_snapshot import BootSnapshot, BootWatch
from engine.vm.machine_config import config_of
from engine.vm.options import PowerOn
from engine.vm.prompt import ANY
from tests.engine.machine.linux.synthetic import bzimage


def warm_start(cache: Path) -> list[object]:
    kept = BootSnapshot(boot_media(PowerOn()), MachineConfig(disk_model="hdd", seed=0), cache)
    with kept.restored() or kept.booted() as machine:
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


@pytest.fixture
def linux(tmp_path: Path) -> PowerOn:
    """A kernel that prints its command line, without an end, and waits."""
    kernel, initrd = tmp_path / "vmlinuz", tmp_path / "initrd"
    kernel.write_bytes(bzimage())
    initrd.write_bytes(archive([]))
    return PowerOn(kernel=str(kernel), initrd=str(initrd), words="console=ttyS0 login:", memory_mib=32)


def at_the_prompt(machine: Machine) -> tuple[object, ...]:
    state = (machine.ticks, machine.take_console())
    machine.run_seconds(0.5)
    return (*state, machine.ticks, machine.counters(), bytes(machine.core.ram))


def test_a_linux_guest_begins_at_its_prompt_with_all_it_wrote(linux: PowerOn, tmp_path: Path) -> None:
    kept = BootSnapshot(boot_media(linux), config_of(linux), tmp_path / "cache")
    assert kept.restored() is None
    with kept.booted() as machine:
        first = at_the_prompt(machine)
    assert first[:2] == (2_000_000_000, b"console=ttyS0 login:")
    restored = kept.restored()
    assert restored is not None
    with restored:
        assert at_the_prompt(restored) == first


def test_a_boot_that_people_watch_leaves_the_same_snapshot(linux: PowerOn, tmp_path: Path) -> None:
    media, config = boot_media(linux), config_of(linux)
    with BootSnapshot(media, config, tmp_path / "one").booted() as machine:
        expected = at_the_prompt(machine)
    kept = BootSnapshot(media, config, tmp_path / "two")
    watch = BootWatch(kept, ANY)
    with Machine(media.disk, config, media.kernel) as machine:
        seen = []
        for second in (1, 2):
            machine.run(second * machine.tsc_hz)
            seen.append((watch.look(machine), machine.take_console()))
    told = f"snapshot of {media.guest.name} kept: the next start begins at this prompt; --cold boots again"
    assert seen == [(None, b"console=ttyS0 login:"), (told, b"")]
    restored = kept.restored()
    assert restored is not None
    with restored:
        assert at_the_prompt(restored) == expected


def test_another_kernel_command_line_or_machine_has_its_own_snapshot(linux: PowerOn, tmp_path: Path) -> None:
    def path(**changes: object) -> Path:
        power = msgspec.structs.replace(linux, **changes)
        return BootSnapshot(boot_media(power), config_of(power), tmp_path).path

    variants = [path(), path(words="other"), path(memory_mib=64), path(net="rtl8139"), path(disk_bus="ide")]
    assert len(set(variants)) == len(variants)
    assert path() == variants[0]
