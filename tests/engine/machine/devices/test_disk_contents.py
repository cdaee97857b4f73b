# SPDX-License-Identifier: GPL-2.0-or-later
"""What is on a disk at power-on: in memory, or in a file that may change, shrink or vanish."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from engine.machine.devices import disk_contents
from engine.machine.devices.disk_contents import Blank, BytesContents, FileContents, ImageError, contents_of

TEN_GIB = 10 << 30


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "disk.img"
    path.write_bytes(b"0123456789" * 1000)
    return path


def test_bytes_and_files_read_alike(file: Path) -> None:
    data = file.read_bytes()
    for contents in (contents_of(data), contents_of(file)):
        assert contents.size == len(data)
        assert contents.read(5, 10) == data[5:15]
        assert contents.read(9990, 20) == data[-10:] + bytes(10)
        assert contents.read(20000, 4) == bytes(4)
        assert contents.changes() == ()
        contents.close()
    assert BytesContents(data).digest() == FileContents(file).digest()


def test_a_sparse_image_of_ten_gibibytes_is_quick(tmp_path: Path) -> None:
    path = tmp_path / "sparse.img"
    with path.open("wb") as file:
        file.seek(TEN_GIB // 2)
        file.write(b"in the middle")
        file.truncate(TEN_GIB)
    contents = FileContents(path)
    assert contents.size == TEN_GIB
    assert contents.read(TEN_GIB // 2, 13) == b"in the middle"
    assert contents.read(TEN_GIB - 512, 512) == bytes(512)
    digest = contents.digest()
    with path.open("r+b") as file:
        file.seek(TEN_GIB // 2)
        file.write(b"In")
    assert FileContents(path).digest() != digest


def test_holes_make_no_difference(tmp_path: Path) -> None:
    """The same bytes, as a copy without holes has them."""
    sparse, dense = tmp_path / "sparse", tmp_path / "dense"
    with sparse.open("wb") as file:
        file.seek(1 << 20)
        file.write(b"end")
    dense.write_bytes(sparse.read_bytes())
    assert FileContents(sparse).digest() == FileContents(dense).digest()
    assert FileContents(sparse).digest() == BytesContents(dense.read_bytes()).digest()


def test_more_data_than_a_digest_covers_goes_by_samples_and_time(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = FileContents(file).digest()
    monkeypatch.setattr(disk_contents, "DIGEST_BYTES", 1000)
    sampled = FileContents(file).digest()
    assert sampled not in ("", whole)
    assert FileContents(file).digest() == sampled
    status = file.stat()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert FileContents(file).digest() != sampled


def test_a_file_that_changes_or_is_removed_is_told(file: Path) -> None:
    contents = FileContents(file)
    status = file.stat()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    (told,) = contents.changes()
    assert told.startswith(f"{file}: changed while in use")
    with pytest.raises(ImageError, match="changed while in use"):
        contents.digest()
    again = FileContents(file)
    file.unlink()
    (told,) = again.changes()
    assert told == f"{file}: removed or replaced; the guest keeps the old one until power-off"
    assert again.read(0, 10) == b"0123456789"


def test_a_file_that_was_cut_off_is_told(file: Path) -> None:
    contents = FileContents(file)
    os.truncate(file, 100)
    assert contents.changes() == (f"{file}: cut off from 10000 to 100 bytes while in use",)
    assert contents.read(90, 10) == b"0123456789"
    with pytest.raises(ImageError, match=r"disk\.img: byte 100: the file ends there now; it was cut off"):
        contents.read(90, 20)


def test_a_sector_that_cannot_be_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = FileContents(file)

    def fail(_fd: int, _size: int, _offset: int) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "pread", fail)
    with pytest.raises(ImageError, match=r"disk\.img: byte 512: Input/output error"):
        contents.read(512, 512)


def test_an_empty_disk_is_as_one_of_zeros() -> None:
    blank, zeros = contents_of(Blank(100_000)), BytesContents(bytes(100_000))
    assert (blank.size, blank.digest(), blank.changes()) == (zeros.size, zeros.digest(), ())
    assert blank.read(99_000, 2000) == zeros.read(99_000, 2000)
