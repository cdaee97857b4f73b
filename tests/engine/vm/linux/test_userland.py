# SPDX-License-Identifier: GPL-2.0-or-later
"""The demonstration's initial RAM disk."""

from __future__ import annotations

import subprocess

import pytest

from engine.machine.linux import initrd as cpio
from engine.vm.linux import userland
from engine.vm.linux.modules import Module
from engine.vm.options import BootError
from tests.engine.machine.linux.test_initrd import members
from tests.engine.vm.linux.packages import program


def test_what_is_in_it() -> None:
    modules = [Module("virtio_ring", b"ring"), Module("virtio", b"virtio")]
    data = userland.initrd(program(), modules, "hvc0")
    cpio.check(data)
    found = {name: (mode, contents) for name, mode, contents, _ in members(data)}
    assert found["init"] == (0o120777, b"bin/busybox")
    assert found["bin/busybox"] == (0o100755, program())
    assert found["dev/console"][0] == 0o020600
    assert b"\nhvc0::respawn:-/bin/sh\n" in found["etc/inittab"][1]
    assert [name for name in found if name.endswith(".ko")] == [
        "lib/modules/00-virtio_ring.ko", "lib/modules/01-virtio.ko",
    ]  # fmt: skip
    folders = {name for name, (mode, _) in found.items() if mode == 0o040755}
    assert all(name.rpartition("/")[0] in {*folders, ""} for name in found)
    assert data == userland.initrd(program(), modules, "hvc0")


def test_its_scripts_are_scripts() -> None:
    scripts = [
        (name, contents) for name, mode, contents, _ in members(userland.initrd(program()))
        if mode == 0o100755 and name != "bin/busybox"
    ]  # fmt: skip
    assert len(scripts) >= 8
    for name, contents in scripts:
        first = contents.splitlines()[0]
        assert first in (b"#!/bin/sh", b"#!/bin/busybox sh"), name
        checked = subprocess.run(["sh", "-n"], input=contents, capture_output=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, b""), name


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"#!/bin/sh\n", "busybox: not a program"),
        (program(machine=183), "busybox: a program for AArch64; expected x86-64"),
        (program(interpreter=True), "busybox: linked dynamically; expected a static busybox"),
    ],
)
def test_other_programs_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(BootError, match=message):
        userland.check_busybox("busybox", data)


def test_a_static_program_is_accepted() -> None:
    userland.check_busybox("busybox", program())
