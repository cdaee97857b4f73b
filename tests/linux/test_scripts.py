# SPDX-License-Identifier: GPL-2.0-or-later
"""Every script of the library on every kernel: no run-time error, and rows in all that it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import VirtualMachine
from engine.vp import parse
from engine.vp.syntax.ast import Vprobe
from tests.linux import kernels
from tests.linux.conftest import run_until
from tests.linux.work import DISK_BYTES, WORK
from vptop.model.library import LibraryScript, library
from vptop.model.scriptfiles import bundled

SECONDS = 2
MOST_PROBES = 32
"""of a machine"""
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


def parts() -> Iterator[dict[LibraryScript, str]]:
    """The library with its sources, in as few parts as a machine has probes for."""
    part: dict[LibraryScript, str] = {}
    used = 0
    for script in library():
        source = Path(script.path).read_text("utf-8")
        probes = sum(isinstance(form, Vprobe) for form in parse(source)[0].forms)
        if used + probes > MOST_PROBES:
            yield part
            part, used = {}, 0
        part[script] = source
        used += probes
    yield part


def test_each_script_finds_something_and_the_set_for_linux_runs_together(working: VirtualMachine, kernel: Path):
    for part in parts():
        loaded = {script.name: working.load(source, script.name) for script, source in part.items()}
        expected = [name for name in loaded if "cloud" in kernel.name or name not in WITHOUT_NVME]
        empty = {(name, one) for name in expected for one in loaded[name].aggregates if one not in NEVER_HAPPENS}
        for _ in working.frames(SECONDS):  # in any second: the last one may have just begun
            empty = {(name, one) for name, one in empty if not len(loaded[name].aggregates[one])}
        assert working.latest.errors == ()
        assert empty == set()
        for script in loaded.values():
            script.unload()
    for one in bundled(linux=True):
        working.load(one.source, one.name)
    working.run(SECONDS)
    assert working.latest.errors == ()
