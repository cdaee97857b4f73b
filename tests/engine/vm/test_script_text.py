# SPDX-License-Identifier: GPL-2.0-or-later
"""Texts of scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.script_text import FILE_BYTES, ScriptFileError, decode, encode, read_script, script_name


def test_utf_8_and_latin_1_are_read() -> None:
    assert decode("; \u00fcber".encode(), "a.vp") == "; \u00fcber"
    assert decode(b"; \xfcber", "a.vp") == "; \u00fcber"


def test_windows_line_ends_and_byte_order_mark() -> None:
    assert decode(b"\xef\xbb\xbf; a\r\n; b\r\n", "a.vp") == "; a\n; b\n"


@pytest.mark.parametrize(
    "before", [b"; a\n; \xc3\xbc\n", b"\xef\xbb\xbf; a\r\n; b\r\n", b"; \xfc\r\n", b"; a\r\n; b\n; c\n", b""]
)
def test_a_file_keeps_its_form(before: bytes) -> None:
    text = decode(before, "a.vp")
    whole = encode(text, before)
    assert decode(whole, "a.vp") == text
    if b"; b\n" not in before:  # line ends of both kinds become one
        assert whole == before


def test_a_character_that_latin_1_has_not_makes_a_file_utf_8() -> None:
    assert encode("; \u2192\n", b"; \xfc\n") == "; \u2192\n".encode()


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


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (bytes(0x202) + b"HdrS" + bytes(FILE_BYTES), "a Linux kernel, which --kernel boots"),
        (bytes(510) + b"\x55\xaa", "a disk image, which --boot boots"),
        (b"\x7fELF\2\1\1\0", "an ELF file, which --kernel boots if it is a Linux kernel, and --boot another one"),
        (b"\1\0", "not text"),
    ],
)
def test_other_files_are_told_with_the_option_for_them(tmp_path: Path, data: bytes, what: str) -> None:
    path = tmp_path / "image"
    path.write_bytes(data)
    with pytest.raises(ScriptFileError) as refused:
        read_script(path)
    assert str(refused.value) == f"{path}: {what}; expected a script in VP or Emmett"
