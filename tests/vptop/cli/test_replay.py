# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures without a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vptop.export.moments import moment_of
from tests.vptop.ui.fakes import frame
from vptop.cli.replay import text
from vptop.export.format import ExportError
from vptop.export.formats import write


def test_what_scripts_printed_and_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.vpc", moment_of(frame(1, log="one\n"), frame(2, log="two\n")))
    assert text(tmp_path / "a.vpc", ()) == 0
    shown = capsys.readouterr().out.splitlines()
    assert [line for line in shown if not line.startswith("--")] == ["one", "two"]
    assert text(tmp_path / "a.vpc", (tmp_path / "a.csv", tmp_path / "a.html")) == 0
    assert (tmp_path / "a.csv").read_text().startswith("frame,")
    assert text(tmp_path / "a.vpc", (tmp_path / "nowhere" / "a.csv",)) == 1


def test_a_capture_that_was_cut_off_is_shown_with_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.vpc"
    write(path, moment_of(frame(1, log="one\n"), frame(2, log="two\n")))
    path.write_bytes(path.read_bytes()[:-1])
    assert text(path, ()) == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[0] == "one"
    assert "two" not in told.out
    assert told.err.startswith(f"vptop: warning: {path}: cut off from byte ")


def test_a_file_of_no_format_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    write(tmp_path / "a.vpc", moment_of())
    with pytest.raises(ExportError, match=r"^[^:]*a\.foo: expected a file name that ends in \.json"):
        text(tmp_path / "a.vpc", (tmp_path / "a.csv", tmp_path / "a.foo"))
    assert [path.name for path in tmp_path.iterdir()] == ["a.vpc"]
