# SPDX-License-Identifier: GPL-2.0-or-later
"""A restored machine goes on bit for bit as the one that was saved; a file that is not whole is refused."""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.core.variables import Variable
from engine.guest import bundled
from engine.machine import device_state, snapshot
from engine.machine.config import MIB, MachineConfig
from engine.machine.machine import Machine
from engine.machine.snapshot import SnapshotError

SECONDS = 1.5
BUS_MASTER_STATUS = 0x02
ACTIVE = 0x01


@pytest.fixture
def machine() -> Iterator[Machine]:
    """The bundled guest, at work."""
    with Machine.with_disk(bundled.DISK_IMAGE, disk="ssd", seed=5) as machine:
        machine.run_seconds(0.8)
        yield machine


def seen(machine: Machine) -> tuple[object, ...]:
    """Everything that can be told of a machine, after it has run on for a while."""
    machine.run_seconds(SECONDS)
    ram = hashlib.sha256(machine.core.ram).hexdigest()
    counters = machine.counters()
    return counters, machine.take_console(), machine.device_counts(), machine.screen(), ram


def in_a_transfer(machine: Machine) -> bool:
    """The bus master says that a DMA transfer is under way (Intel 290550, 2.7.2)."""
    assert machine.motherboard.ide is not None
    base = machine.motherboard.ide.configuration.read(0x20, 4) & ~3
    return bool(machine.ports.read(base + BUS_MASTER_STATUS, 1) & ACTIVE)


def in_management_mode(machine: Machine) -> bool:
    """The CPU runs the firmware's handler."""
    return machine.cpus[0].variable(Variable.SMM) == 1


def test_it_goes_on_as_the_saved_one_did(machine: Machine, tmp_path: Path) -> None:
    snapshot.save(machine, tmp_path / "a.snapshot")
    machine.take_console()
    with snapshot.restore(tmp_path / "a.snapshot", bundled.DISK_IMAGE) as restored:
        assert restored.ticks == machine.ticks
        restored.take_console()
        assert seen(restored) == seen(machine)


@pytest.mark.parametrize("moment", [in_a_transfer, in_management_mode])
def test_at_odd_moments(machine: Machine, tmp_path: Path, moment: Callable[[Machine], bool]) -> None:
    end = machine.ticks + 2 * machine.tsc_hz
    while not moment(machine):
        assert machine.ticks < end
        machine.run(machine.ticks + 20)
    snapshot.save(machine, tmp_path / "a.snapshot")
    machine.take_console()
    with snapshot.restore(tmp_path / "a.snapshot", bundled.DISK_IMAGE) as restored:
        assert moment(restored)
        restored.take_console()
        assert seen(restored) == seen(machine)


def test_what_was_written_to_the_disk_is_kept(machine: Machine, tmp_path: Path) -> None:
    assert machine.motherboard.disk is not None
    machine.motherboard.disk.disk.write(5, b"written".ljust(512, b"\0"))
    snapshot.save(machine, tmp_path / "a.snapshot")
    with snapshot.restore(tmp_path / "a.snapshot", bundled.DISK_IMAGE) as restored:
        assert restored.motherboard.disk is not None
        assert restored.motherboard.disk.disk.overlay == machine.motherboard.disk.disk.overlay


def test_a_snapshot_of_a_restored_machine_is_the_same_file(machine: Machine, tmp_path: Path) -> None:
    snapshot.save(machine, tmp_path / "a.snapshot")
    with snapshot.restore(tmp_path / "a.snapshot", bundled.DISK_IMAGE) as restored:
        snapshot.save(restored, tmp_path / "b.snapshot")
        with snapshot.restore(tmp_path / "b.snapshot", bundled.DISK_IMAGE) as again:
            assert seen(again) == seen(machine)


def test_a_large_memory_comes_back_whole(tmp_path: Path) -> None:
    with Machine(None, MachineConfig(ram_bytes=256 * MIB)) as machine:
        for page in range(0, 256 * MIB, 4096):
            machine.core.ram[page + page // 4096 % 4096] = page // 4096 % 255 + 1
        snapshot.save(machine, tmp_path / "a.snapshot")
        with snapshot.restore(tmp_path / "a.snapshot", None) as restored:
            assert restored.core.ram == machine.core.ram


@pytest.mark.parametrize("at", [0, 9, 40, 3000, 200_000, -1])
def test_damage_is_found(machine: Machine, tmp_path: Path, at: int) -> None:
    path = tmp_path / "a.snapshot"
    snapshot.save(machine, path)
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)
    with pytest.raises(SnapshotError, match=r"a\.snapshot: (the snapshot is damaged|not a snapshot)"):
        snapshot.restore(path, bundled.DISK_IMAGE)


@pytest.mark.parametrize("length", [0, 7, 16, 200, 100_000])
def test_a_file_that_is_cut_off_is_refused(machine: Machine, tmp_path: Path, length: int) -> None:
    path = tmp_path / "a.snapshot"
    snapshot.save(machine, path)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(SnapshotError):
        snapshot.restore(path, bundled.DISK_IMAGE)


def test_another_disk_is_refused(machine: Machine, tmp_path: Path) -> None:
    snapshot.save(machine, tmp_path / "a.snapshot")
    with pytest.raises(SnapshotError, match="another disk image"):
        snapshot.restore(tmp_path / "a.snapshot", bundled.DISK_IMAGE.read_bytes() + b"x")


def test_another_version_is_refused(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot.save(machine, tmp_path / "a.snapshot")
    monkeypatch.setattr(device_state, "version", lambda: "of another vptop")
    with pytest.raises(SnapshotError, match="another version of vptop"):
        snapshot.restore(tmp_path / "a.snapshot", bundled.DISK_IMAGE)


def test_a_file_that_cannot_be_written_leaves_the_old_one(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "a.snapshot"
    path.mkdir()
    with pytest.raises(OSError, match=r"a\.snapshot"):
        snapshot.save(machine, path)
    assert list(tmp_path.iterdir()) == [path]


class Evil:
    """What an attacker would have unpickled."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self._reduced = function, arguments

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._reduced


@pytest.mark.parametrize(
    "evil",
    [
        Evil(print, "here"),
        Evil(Path, "/etc/passwd"),
        Evil(getattr, "text", "upper"),
        Evil(eval, "1"),
        Evil(device_state.dump, None),
    ],
)
def test_a_file_brings_in_no_code(machine: Machine, evil: Evil, capsys: pytest.CaptureFixture[str]) -> None:
    out = io.BytesIO()
    pickle.dump({"disk": evil}, out)
    with pytest.raises(pickle.UnpicklingError, match=r"no (class|method) of a device"):
        device_state.load(machine, out.getvalue())
    assert capsys.readouterr().out == ""
