# SPDX-License-Identifier: GPL-2.0-or-later
"""The Linux guest of the comparison with QEMU: a stock kernel and a small initial RAM disk with workloads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.errors import VptopError
from engine.machine.linux import image, initrd
from tests.linux import kernels

FLAVOUR = "-cloud-"
"""In the name of the kernel that is measured."""
COMMAND_LINE = "console=ttyS0 earlyprintk=ttyS0 rdinit=/init panic=-1 quiet=0 no_timer_check"
FIRST_LINE = b"Linux version"
SETTLED = "settled"
"""The mark before the first workload."""

WORKLOADS = {
    "dd bs=1": "dd if=/dev/zero of=/dev/null bs=1 count=200000",
    "gzip": "gzip -c < /data > /dev/null",
    "sha256sum": "sha256sum /data /data /data",
    "fork and exec": "i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i+1)); done",
    "shell loop": "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done",
    "ls -lR /proc": "ls -lR /proc",
    "tmpfs writes": "dd if=/dev/zero of=/tmp/file bs=4k count=16000",
}
"""By name, shell commands; the console shows a mark when each is done."""

_APPLETS = ("sh", "mount", "dd", "gzip", "sha256sum", "true", "ls", "echo", "poweroff", "mkdir", "cat", "sleep")
# After the first process has begun, the kernel tests its cryptography in threads of its own, for tenths of a second.
# That is no part of a workload; how much of it falls into one depends on the guest's speed against its clock.
_HEAD = f"""#!/bin/sh
mount -t proc proc /proc
mount -t tmpfs tmpfs /tmp
dd if=/bin/busybox of=/tmp/data bs=64k 2>/dev/null
cat /tmp/data /tmp/data > /data
echo MARK start
sleep 3
echo MARK {SETTLED}
"""


@dataclass(frozen=True)
class LinuxGuest:
    """Files that both machines boot."""

    packed: Path
    """the kernel as its package has it"""
    kernel: Path
    """decompressed"""
    initrd: Path
    command_line: str = COMMAND_LINE


def make(folder: Path) -> LinuxGuest | None:
    """Make the files of packages, which are downloaded the first time; None, and a line that says why, without them."""
    try:
        kernels.fetch()
    except VptopError as error:
        print(f"  not measured: {error}")
        return None
    packed = [path for path in kernels.kernels() if FLAVOUR in path.name][-1]
    guest = LinuxGuest(packed, folder / "vmlinux", folder / "initrd")
    guest.kernel.write_bytes(image.read(packed.read_bytes()).vmlinux.data)
    _make_initrd(guest.initrd)
    return guest


def _make_initrd(target: Path) -> None:
    busybox = kernels.busybox()
    assert busybox is not None
    script = _HEAD + "".join(f"({command}) >/dev/null 2>&1\necho MARK {name}\n" for name, command in WORKLOADS.items())
    entries = [initrd.directory(name) for name in ("bin", "dev", "proc", "tmp")]
    entries += [initrd.character_device("dev/console", 5, 1), initrd.character_device("dev/null", 1, 3)]
    entries += [initrd.character_device("dev/zero", 1, 5)]
    entries += [initrd.file("bin/busybox", busybox.read_bytes(), executable=True)]
    entries += [initrd.symlink(f"bin/{name}", "busybox") for name in _APPLETS]
    entries += [initrd.file("init", (script + "poweroff -f\n").encode(), executable=True)]
    target.write_bytes(initrd.archive(entries))
