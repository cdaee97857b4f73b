# SPDX-License-Identifier: GPL-2.0-or-later
"""Images of disks."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.machine.devices.disk_image import SECTOR, DiskImage


def test_an_image_is_never_changed(tmp_path: Path) -> None:
    file = tmp_path / "disk.img"
    file.write_bytes(b"x" * 3 * SECTOR)
    image = DiskImage(file)
    image.write(1, b"y" * SECTOR)
    assert image.read(0, 3) == b"x" * SECTOR + b"y" * SECTOR + b"x" * SECTOR
    assert file.read_bytes() == b"x" * 3 * SECTOR


def test_the_rest_of_a_larger_disk_reads_as_zero() -> None:
    image = DiskImage(b"x" * 100, sectors=10)
    assert image.sectors == 10
    assert image.read(0, 10) == b"x" * 100 + bytes(10 * SECTOR - 100)
    image.write(9, b"z" * SECTOR)
    assert image.read(8, 2) == bytes(SECTOR) + b"z" * SECTOR


def test_an_image_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        DiskImage(tmp_path / "none.img")
