# SPDX-License-Identifier: GPL-2.0-or-later
"""The Linux guest of the comparison with QEMU: a stock kernel and a small initial RAM disk with workloads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from engine.machine.linux import initrd

CACHE = user_cache_path("vptop") / "linux"
KERNELS = "linux-image-*-cloud-amd64/vmlinux"
BUSYBOX = "busybox-static/**/bin/busybox"
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

    kernel: Path
    """decompressed"""
    initrd: Path
    command_line: str = COMMAND_LINE


def find_kernel(cache: Path = CACHE) -> Path | None:
    """The newest stock kernel in the cache, or None."""
    found = sorted(cache.glob(KERNELS))
    return found[-1] if found else None


def make_initrd(target: Path, cache: Path = CACHE) -> bool:
    """Write the initial RAM disk; False when there is no busybox in the cache."""
    busybox = next(cache.glob(BUSYBOX), None)
    if busybox is None:
        return False
    script = _HEAD + "".join(f"({command}) >/dev/null 2>&1\necho MARK {name}\n" for name, command in WORKLOADS.items())
    entries = [initrd.directory(name) for name in ("bin", "dev", "proc", "tmp")]
    entries += [initrd.character_device("dev/console", 5, 1), initrd.character_device("dev/null", 1, 3)]
    entries += [initrd.character_device("dev/zero", 1, 5)]
    entries += [initrd.file("bin/busybox", busybox.read_bytes(), executable=True)]
    entries += [initrd.symlink(f"bin/{name}", "busybox") for name in _APPLETS]
    entries += [initrd.file("init", (script + "poweroff -f\n").encode(), executable=True)]
    target.write_bytes(initrd.archive(entries))
    return True
