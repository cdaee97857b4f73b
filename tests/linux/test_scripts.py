# SPDX-License-Identifier: GPL-2.0-or-later
"""Every script of the library on every kernel: no run-time error, and rows in all that it keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import VirtualMachine
from tests.linux import kernels
from tests.linux.conftest import run_until
from tests.linux.work import DISK_BYTES, WORK
from vptop.model.library import library
from vptop.model.scriptfiles import bundled

SECONDS = 2
WITHOUT_NVME = {"block-io", "disk-latency"}
"""Scripts that need the disk, which the generic kernel drives by a module that this userland does not load."""

NEVER_HAPPENS = {"unmapped_bytes"}
"""busybox leaves it to the end of a process to unmap its memory."""


@pytest.fixture
def working(kernel: Path, tmp_path: Path):
    disk, ram = tmp_path / "disk.img", tmp_path / "initrd.img"
    disk.write_bytes(bytes(DISK_BYTES))
    ram.write_bytes(kernels.userland(WORK))
    with VirtualMachine.linux(kernel, ram, disk=disk, append="quiet") as vm:
        run_until(vm, "READY")
        yield vm


def test_each_script_finds_something_and_the_set_for_linux_runs_together(working: VirtualMachine, kernel: Path):
    for script in library():
        loaded = working.load(Path(script.path).read_text("utf-8"), script.name)
        expected = "cloud" in kernel.name or script.name not in WITHOUT_NVME
        empty = loaded.aggregates.keys() - NEVER_HAPPENS
        for _ in working.frames(SECONDS):  # in any second: the last one may have just begun
            empty -= {name for name, rows in loaded.aggregates.items() if len(rows)}
            if expected and not empty:
                break
        assert working.latest.errors == (), script.name
        assert not (expected and empty), script.name
        loaded.unload()
    for one in bundled(linux=True):
        working.load(one.source, one.name)
    working.run(SECONDS)
    assert working.latest.errors == ()
