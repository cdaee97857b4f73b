# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop linux` and `vptop guest linux`."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.linux import busybox, packages
from engine.vm.options import BootError
from tests.engine.machine.linux.synthetic import bzimage
from tests.engine.vm.linux.packages import program, unpacked_kernel
from tests.vptop.cli.conftest import Command
from vptop.cli.configuration import MachineOptions
from vptop.cli.linux import ready


def test_how_to_get_a_guest(vptop: Command) -> None:
    result = vptop("guest", "linux")
    assert result.returncode == 0
    assert "apt-get download busybox-static" in result.stdout


def test_a_kernel_is_looked_at(vptop: Command, tmp_path: Path) -> None:
    kernel = unpacked_kernel(tmp_path, bzimage())
    (tmp_path / "busybox").write_bytes(program())
    result = vptop("guest", "linux", str(kernel), "--busybox", "busybox")
    assert (result.returncode, result.stderr) == (0, "")
    assert "Linux 9.8.7-synthetic (bzImage, gzip)" in result.stdout
    assert "virtio network card (--net virtio): module virtio_net" in result.stdout


def test_a_file_that_is_no_kernel(vptop: Command, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no kernel")
    result = vptop("guest", "linux", "text")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        "vptop: text: not a Linux kernel: neither a bzImage (`HdrS` at offset 0x202) nor an ELF file\n"
    )


def test_what_is_missing_is_found_or_downloaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(packages, "find_kernel", lambda _: tmp_path / "vmlinuz")
    monkeypatch.setattr(busybox, "get_busybox", lambda _: tmp_path / "busybox")
    found = ready(MachineOptions(memory=128))
    assert (found.kernel, found.busybox, found.memory) == (tmp_path / "vmlinuz", tmp_path / "busybox", 128)
    named = ready(MachineOptions(kernel=Path("mine"), initrd=Path("initrd")))
    assert (named.kernel, named.busybox) == (Path("mine"), None)


def test_a_cache_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> Path:
        raise OSError(28, "No space left on device", "/cache")

    monkeypatch.setattr(packages, "find_kernel", full)
    with pytest.raises(BootError, match="/cache: No space left on device"):
        ready(MachineOptions())
