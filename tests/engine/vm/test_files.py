# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading the files that a machine is made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.files import IMAGE_BYTES, read
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
        file.truncate(IMAGE_BYTES + 1)
    with pytest.raises(BootError, match=f"{IMAGE_BYTES + 1} bytes; images have at most {IMAGE_BYTES}"):
        read(path)
