# SPDX-License-Identifier: GPL-2.0-or-later
"""Small stand-ins for what a distribution's packages hold: programs, modules, a module folder."""

from __future__ import annotations

import lzma
import struct
from pathlib import Path

RELEASE = "9.8.7-synthetic"
NVME_ALIAS = "pci:v*d*sv*sd*bc01sc08i02*"


def program(machine: int = 62, interpreter: bool = False) -> bytes:
    """An ELF file with one program header, that of a shared library's user or of a static program."""
    head = b"\x7fELF" + bytes((2, 1, 1)) + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, 0x400000, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    return head + struct.pack("<IIQQQQQQ", 3 if interpreter else 1, 5, 0, 0x400000, 0x400000, 120, 120, 4096)


def module(name: str, depends: str = "", *aliases: str) -> bytes:
    """A module's object file, as far as its .modinfo section goes."""
    fields = [f"alias={alias}" for alias in aliases] + [f"depends={depends}", f"name={name}"]
    return b"\x7fELF\0" + b"\0".join(field.encode() for field in fields) + b"\0"


def unpacked_kernel(folder: Path, kernel: bytes) -> Path:
    """A kernel package as `dpkg-deb -x` leaves it; the path of its vmlinuz."""
    boot = folder / "boot"
    modules = folder / "lib/modules" / RELEASE
    boot.mkdir(parents=True)
    path = boot / f"vmlinuz-{RELEASE}"
    path.write_bytes(kernel)
    files = {
        "drivers/virtio/virtio_pci.ko": module("virtio_pci", "virtio,virtio_ring"),
        "drivers/virtio/virtio.ko.xz": lzma.compress(module("virtio", "virtio_ring")),
        "drivers/virtio/virtio_ring.ko": module("virtio_ring"),
        "drivers/net/virtio_net.ko": module("virtio_net", "virtio,virtio_ring", "virtio:d00000001v*"),
        "drivers/char/virtio-rng.ko": module("virtio_rng", "virtio", "virtio:d00000099v*"),
        "fs/loop_a.ko": module("loop_a", "loop_b"),
        "fs/loop_b.ko": module("loop_b", "loop_a"),
    }
    for name, data in files.items():
        place = modules / "kernel" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    (modules / "modules.builtin").write_text("kernel/drivers/nvme/host/nvme.ko\nkernel/fs/ext4/ext4.ko\n")
    (modules / "modules.builtin.modinfo").write_bytes(f"nvme.alias={NVME_ALIAS}\0nvme.license=GPL\0".encode())
    return path
