# SPDX-License-Identifier: GPL-2.0-or-later
"""Texts that are included from files."""

from __future__ import annotations

from pathlib import Path

from engine.emmett import Options, compile_emmett
from engine.emmett.files import FILE_BYTES, beside


def test_files_are_named_from_the_including_one(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.emt").write_text("int a;")
    (tmp_path / "latin.emt").write_bytes(b"// \xe9\n")
    found = beside("sub/a.emt", str(tmp_path / "main.emt"))
    assert found is not None
    assert (found.name, found.text) == (str(tmp_path / "sub" / "a.emt"), "int a;")
    latin = beside("latin.emt", str(tmp_path / "main.emt"))
    assert latin is not None
    assert latin.text == "// é\n"


def test_what_cannot_be_read_is_none(tmp_path: Path) -> None:
    assert beside("nothing.emt", str(tmp_path / "main.emt")) is None
    assert beside(".", str(tmp_path / "main.emt")) is None
    assert beside("a\0b", str(tmp_path / "main.emt")) is None
    (tmp_path / "large.emt").write_bytes(b" " * (FILE_BYTES + 1))
    assert beside("large.emt", str(tmp_path / "main.emt")) is None


def test_cycles_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.emt").write_text('#include "b.emt"\n')
    (tmp_path / "b.emt").write_text('#include "a.emt"\nVMM1Hz x++;\n')
    name = str(tmp_path / "a.emt")
    result = compile_emmett((tmp_path / "a.emt").read_text(), name, options=Options(opener=beside))
    assert [(one.code, one.file) for one in result.diagnostics] == [("E606", str(tmp_path / "b.emt"))]
