# SPDX-License-Identifier: GPL-2.0-or-later
"""Where packages are unpacked, and files that are kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.vm.linux import cache


def test_it_is_in_the_user_s_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.directory() == tmp_path / "vptop" / "linux"


def test_files_not_used_for_longest_are_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    for number in range(3):
        cache.keep(folder / str(number), b"data %d" % number, 3)
        os.utime(folder / str(number), (number, number))
    assert cache.kept(folder / "0") == b"data 0"
    cache.keep(folder / "3", b"data 3", 3)
    assert {one.name for one in folder.iterdir()} == {"0", "2", "3"}
    assert cache.kept(folder / "1") == b""


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("in the way")
    cache.keep(tmp_path / "kept" / "0", b"data", 1)
    assert cache.kept(tmp_path / "kept" / "0") == b""
