# SPDX-License-Identifier: GPL-2.0-or-later
"""Device models as bytes; bytes from elsewhere bring in no code."""

from __future__ import annotations

import os
import pickle
import shutil
from pathlib import Path

import pytest

from engine.core.tables import SOURCES
from engine.machine import device_state
from engine.machine.machine import Machine


def test_devices_come_back_as_they_were() -> None:
    with Machine() as machine:
        machine.ports.write(0x70, 1, 0x0E)
        machine.ports.write(0x71, 1, 0x5A)
        data = device_state.dump(machine)
        machine.ports.write(0x71, 1, 0xA5)
        device_state.load(machine, data)
        assert machine.ports.read(0x71, 1) == 0x5A


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


@pytest.mark.parametrize("thing", [Evil(), os.system, Path("x")], ids=["call", "function", "class"])
def test_only_classes_of_devices_are_read(thing: object) -> None:
    with Machine() as machine, pytest.raises(pickle.UnpicklingError, match="no class of a device"):
        device_state.load(machine, pickle.dumps({"rtc": thing}))


def test_the_version_depends_on_every_source_of_the_core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(SOURCES, tmp_path / "src")
    monkeypatch.setattr(device_state, "SOURCES", tmp_path / "src")
    before = device_state.version.__wrapped__()
    for path in (tmp_path / "src").rglob("*.[ch]"):
        path.write_bytes(path.read_bytes() + b"\n")
        after = device_state.version.__wrapped__()
        assert after != before, path
        before = after
