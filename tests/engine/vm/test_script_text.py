# SPDX-License-Identifier: GPL-2.0-or-later
"""Texts of scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.script_text import FILE_BYTES, ScriptFileError, decode, read_script, script_name


def test_utf_8_and_latin_1_are_read() -> None:
    assert decode("; \u00fcber".encode(), "a.vp") == "; \u00fcber"
    assert decode(b"; \xfcber", "a.vp") == "; \u00fcber"


def test_windows_line_ends_and_byte_order_mark() -> None:
    assert decode(b"\xef\xbb\xbf; a\r\n; b\r\n", "a.vp") == "; a\n; b\n"


def test_too_large() -> None:
    with pytest.raises(ScriptFileError, match=r"a\.vp: larger than 1048576 bytes"):
        decode(b" " * (FILE_BYTES + 1), "a.vp")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScriptFileError, match=r"nowhere\.vp: No such file"):
        read_script(tmp_path / "nowhere.vp")
    with pytest.raises(ScriptFileError, match="Is a directory"):
        read_script(tmp_path)


def test_a_script_that_includes_files_goes_by_its_whole_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert script_name(Path("sub/a.emt"), '#include "b.emt"\n') == f"{tmp_path}/sub/a.emt"
    assert script_name(Path("sub/a.emt"), "#include <vmlinux>\n") == "a.emt"
    assert script_name(Path("sub/a.vp"), '; #include "b.vp"\n') == "a.vp"
