# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading the files that a machine is made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.files import FILE_BYTES, HEAD_BYTES, head, read
from engine.vm.options import BootError


def test_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"contents")
    assert read(path) == b"contents"


def test_what_cannot_be_read_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(BootError, match="none: No such file or directory"):
        read(tmp_path / "none")
    with pytest.raises(BootError, match="Is a directory"):
        read(tmp_path)
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(FILE_BYTES + 1)
    with pytest.raises(
        BootError, match=f"{FILE_BYTES + 1} bytes; kernels, modules and RAM disks have at most {FILE_BYTES}"
    ):
        read(path)


def test_the_first_bytes_and_the_size(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"ab" * HEAD_BYTES)
    assert head(path) == (b"ab" * (HEAD_BYTES // 2), 2 * HEAD_BYTES)
    with pytest.raises(BootError, match="none: No such file or directory"):
        head(tmp_path / "none")
    with pytest.raises(BootError, match="Is a directory"):
        head(tmp_path)
