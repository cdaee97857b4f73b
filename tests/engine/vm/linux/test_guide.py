# SPDX-License-Identifier: GPL-2.0-or-later
"""What people are told of a kernel and a busybox."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from engine.machine.linux.initrd import archive, file
from engine.vm.linux.guide import HOW_TO_GET, checked
from engine.vm.options import BootError
from tests.engine.machine.linux.synthetic import bzimage, vmlinux, with_relocations
from tests.engine.vm.linux.packages import program, unpacked_kernel


def test_every_distribution_has_its_commands() -> None:
    for name, tool in (("Debian", "apt-get"), ("Ubuntu", "apt-get"), ("Fedora", "dnf"), ("Arch", "pacman")):
        part = HOW_TO_GET[HOW_TO_GET.index(f"\n{name}\n") :]
        assert part.index(tool) < part.index("vptop --kernel ")


def test_a_kernel_with_its_modules(tmp_path: Path) -> None:
    kernel = unpacked_kernel(tmp_path, bzimage("zstd", with_relocations()))
    busybox = tmp_path / "busybox"
    busybox.write_bytes(program())
    lines = list(checked(kernel, None, str(busybox)))
    assert lines == [
        f"{kernel}: Linux 9.8.7-synthetic (bzImage, zstd)",
        "  KASLR: with --kaslr",
        f"  modules: {tmp_path}/lib/modules/9.8.7-synthetic",
        "  NVMe disk (--disk-bus nvme): built in",
        "  virtio disk (--disk-bus virtio): missing: no virtio_blk",
        "  IDE disk (--disk-bus ide): missing: no ata_piix",
        "  virtio network card (--net virtio): module virtio_net",
        "  RTL8139 network card (--net rtl8139): missing: no 8139too",
        "  virtio random numbers: missing: no virtio_rng",
        "  virtio console: missing: no virtio_console",
        "  ext4: built in",
        f"{busybox}: a static busybox for the demonstration",
    ]


def test_a_lonely_kernel_with_an_initial_ram_disk(tmp_path: Path) -> None:
    kernel, initrd = tmp_path / "vmlinux", tmp_path / "initrd"
    kernel.write_bytes(vmlinux())
    initrd.write_bytes(archive([]))
    lines = list(checked(kernel, initrd, ""))
    assert lines[0] == f"{kernel}: Linux 9.8.7-synthetic (vmlinux)"
    assert "built without CONFIG_RANDOMIZE_BASE" in lines[1]
    assert "no modules: there is no lib/modules/9.8.7-synthetic beside the kernel" in lines[2]
    assert lines[3:] == [
        f"{initrd}: an initial RAM disk with 0 files",
        "  no modules: what the kernel has built in must do",
    ]
    initrd.write_bytes(b"none")
    with pytest.raises(BootError, match="not an initial RAM disk"):
        list(checked(kernel, initrd, ""))


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ("9.8.7-synthetic", "  3 modules of this kernel; of the machine's drivers: nvme, virtio_net"),
        ("6.1.0-9", "  modules of Linux 6.1.0-9, none of 9.8.7-synthetic: this kernel can load none of them"),
    ],
)
def test_the_modules_of_an_initial_ram_disk_are_those_of_the_kernel(tmp_path: Path, release: str, told: str) -> None:
    kernel, initrd = tmp_path / "vmlinuz", tmp_path / "initrd"
    kernel.write_bytes(bzimage())
    names = ("drivers/nvme/host/nvme.ko.xz", "net/virtio-net.ko", "other.ko.zst", "modules.dep")
    initrd.write_bytes(
        gzip.compress(archive([file(f"usr/lib/modules/{release}/kernel/{name}", b"x") for name in names]))
    )
    assert list(checked(kernel, initrd, ""))[-2:] == [f"{initrd}: an initial RAM disk with 4 files", told]


def test_a_damaged_initial_ram_disk_is_told(tmp_path: Path) -> None:
    kernel, initrd = tmp_path / "vmlinuz", tmp_path / "initrd"
    kernel.write_bytes(bzimage())
    initrd.write_bytes(gzip.compress(archive([]))[:-4])
    with pytest.raises(BootError, match="initrd: damaged gzip data"):
        list(checked(kernel, initrd, ""))
