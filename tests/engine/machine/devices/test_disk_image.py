# SPDX-License-Identifier: GPL-2.0-or-later
"""Images of disks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.machine.devices.disk_contents import ImageError
from engine.machine.devices.disk_image import BLOCK, SECTOR, DiskImage


def test_an_image_is_never_changed(tmp_path: Path) -> None:
    file = tmp_path / "disk.img"
    file.write_bytes(b"x" * 3 * SECTOR)
    image = DiskImage(file)
    image.write(1, b"y" * SECTOR)
    assert image.read(0, 3) == b"x" * SECTOR + b"y" * SECTOR + b"x" * SECTOR
    assert file.read_bytes() == b"x" * 3 * SECTOR


def test_a_read_only_image_can_be_written_over(tmp_path: Path) -> None:
    file = tmp_path / "disk.img"
    file.write_bytes(b"x" * BLOCK)
    file.chmod(0o444)
    image = DiskImage(file)
    image.write(0, b"y" * SECTOR)
    assert image.read(0, 2) == b"y" * SECTOR + b"x" * SECTOR
    assert image.troubles() == []


def test_the_rest_of_a_larger_disk_reads_as_zero() -> None:
    image = DiskImage(b"x" * 100, sectors=10)
    assert image.sectors == 10
    assert image.read(0, 10) == b"x" * 100 + bytes(10 * SECTOR - 100)
    image.write(9, b"z" * SECTOR)
    assert image.read(8, 2) == bytes(SECTOR) + b"z" * SECTOR


def test_requests_across_blocks_that_were_written_and_not() -> None:
    content = bytes(number % 251 for number in range(5 * BLOCK))
    image, expected = DiskImage(content), bytearray(content)
    for first, count in ((3, 7), (15, 2), (8, 8), (39, 1)):
        data = bytes([first]) * (count * SECTOR)
        image.write(first, data)
        expected[first * SECTOR : (first + count) * SECTOR] = data
    for first in range(40):
        for count in (1, 9, 40 - first):
            end = min(40, first + count)
            assert image.read(first, end - first) == expected[first * SECTOR : end * SECTOR]


def test_an_image_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        DiskImage(tmp_path / "none.img")
    with pytest.raises(IsADirectoryError):
        DiskImage(tmp_path)


def test_what_is_written_is_bounded_and_zeros_cost_nothing() -> None:
    image = DiskImage(b"", sectors=1 << 20, most=2 * BLOCK)
    image.write(0, b"a" * 2 * BLOCK)
    image.write(0, b"b" * 2 * BLOCK)
    image.write(16, bytes(100 * BLOCK))
    with pytest.raises(ImageError, match="no more memory for what the guest writes"):
        image.write(16, b"c" * BLOCK)
    assert image.read(16, 8) == bytes(BLOCK)
    (trouble,) = image.troubles()
    assert "further writes end with an I/O error" in trouble
    image.write(8, bytes(BLOCK))
    image.write(16, b"c" * BLOCK)
    assert image.read(0, 24) == b"b" * BLOCK + bytes(BLOCK) + b"c" * BLOCK


def test_a_file_that_shrinks_is_told_once_and_what_was_written_stays(tmp_path: Path) -> None:
    file = tmp_path / "disk.img"
    file.write_bytes(b"x" * 4 * BLOCK)
    image = DiskImage(file)
    image.write(24, b"y" * BLOCK)
    os.truncate(file, BLOCK)
    for sector in (8, 9):
        with pytest.raises(ImageError, match=r"disk\.img: byte \d+: the file ends there now"):
            image.read(sector, 1)
    assert image.read(0, 8) == b"x" * BLOCK
    assert image.read(24, 8) == b"y" * BLOCK
    first, second = image.troubles()
    assert "byte 4096: the file ends there now; it was cut off; the guest got an I/O error" in first
    assert "cut off from 16384 to 4096 bytes" in second
