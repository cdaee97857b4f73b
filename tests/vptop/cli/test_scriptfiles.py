# SPDX-License-Identifier: GPL-2.0-or-later
"""Script files are read with clear errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from vptop.cli import scriptfiles
from vptop.cli.scriptfiles import ScriptFileError, bundled, decode, read, read_all


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ScriptFileError, match=r"nowhere\.vp: No such file"):
        read(tmp_path / "nowhere.vp")


def test_a_directory(tmp_path: Path) -> None:
    with pytest.raises(ScriptFileError, match="Is a directory"):
        read(tmp_path)


def test_not_utf_8_names_the_line() -> None:
    with pytest.raises(ScriptFileError, match=r"a\.vp:2:3: found byte 0xff, expected UTF-8"):
        decode(b"; fine\n; \xff\n", "a.vp")


def test_too_large() -> None:
    with pytest.raises(ScriptFileError, match="a script has at most 1048576 bytes"):
        decode(b" " * (scriptfiles.FILE_BYTES + 1), "a.vp")


def test_windows_line_ends_and_byte_order_mark() -> None:
    assert decode(b"\xef\xbb\xbf; a\r\n; b\r\n", "a.vp") == "; a\n; b\n"


def test_equal_file_names_are_told_apart_by_path(tmp_path: Path) -> None:
    paths = [tmp_path / "one" / "a.vp", tmp_path / "two" / "a.vp", tmp_path / "b.vp"]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.write_text("; nothing\n")
    assert [script.name for script in read_all(paths)] == [str(paths[0]), str(paths[1]), "b.vp"]


def test_a_file_given_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.vp"
    path.write_text("; nothing\n")
    with pytest.raises(ScriptFileError, match="given 2 times"):
        read_all([path, path])


def test_the_bundled_set_begins_with_vptop() -> None:
    names = [script.name for script in bundled()]
    assert names[0] == "vptop.vp"
    assert {"disk-latency.vp", "stacks.vp", "page-faults.vp"} <= set(names)
