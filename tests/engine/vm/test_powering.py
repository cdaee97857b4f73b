# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine of a configuration."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from engine.machine import snapshot
from engine.machine.linux.initrd import archive
from engine.vm.boot_media import boot_media
from engine.vm.options import BootError, PowerOn
from engine.vm.powering import machine_of
from tests.engine.machine.linux.synthetic import bzimage


def test_a_snapshot_goes_on_where_it_was_made(tmp_path: Path) -> None:
    power = PowerOn(memory_mib=48)
    machine, watch, notice = machine_of(power, boot_media(power))
    assert (watch, notice) == (None, "")
    assert machine.ticks == 0
    machine.run_seconds(0.05)
    path = tmp_path / "one.vmss"
    snapshot.save(machine, path)
    counters = machine.counters()
    machine.close()
    resumed = PowerOn(memory_mib=48, resume=str(path))
    again, _, _ = machine_of(resumed, boot_media(resumed))
    assert again.counters() == counters
    again.close()


def test_a_snapshot_that_is_not_there_is_named(tmp_path: Path) -> None:
    power = PowerOn(resume=str(tmp_path / "nowhere.vmss"))
    with pytest.raises(BootError, match=r"nowhere\.vmss: No such file"):
        machine_of(power, boot_media(power))


@pytest.fixture
def linux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PowerOn:
    """A kernel that prints its command line, without an end, and waits."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    kernel, initrd = tmp_path / "vmlinuz", tmp_path / "initrd"
    kernel.write_bytes(bzimage())
    initrd.write_bytes(archive([]))
    return PowerOn(kernel=str(kernel), initrd=str(initrd), words="console=ttyS0 login:", memory_mib=32, cold=False)


def test_a_start_from_the_snapshot_of_a_kernel_says_so(linux: PowerOn) -> None:
    media = boot_media(linux)
    notices = []
    for _ in range(2):
        powered = machine_of(linux, media)
        powered.machine.close()
        notices.append(powered.notice)
    assert notices == ["", f"started at the prompt, from the snapshot of {media.guest.name}; --cold boots again"]


def test_a_guest_without_a_prompt_starts_at_power_on_each_time(linux: PowerOn) -> None:
    power = msgspec.structs.replace(linux, words="console=ttyS0 Kernel panic - not syncing: none\n")
    for _ in range(2):
        machine, _, notice = machine_of(power, boot_media(power))
        ticks = machine.ticks
        machine.close()
        assert (ticks, notice.partition(":")[0]) == (0, "the guest comes to no prompt")
