# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m buildtools`."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from buildtools.__main__ import TARGETS, main


def test_what_is_current_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "engine/core/libvpcore.so",
        "engine/core/declarations.py",
        "engine/machine/bios/bios.bin",
        "engine/guest/bundled/disk.img",
        "engine/guest/bundled/kernel.sym",
        "engine",
        "vptop",
    ]
    assert len(TARGETS) == 3


def test_an_unknown_target_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kernel"]) == 2
    assert "unknown target `kernel`, expected one of core, bios, guest, bytecode, sanitized" in capsys.readouterr().err


def test_make_clean_removes_everything_that_is_built(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    shutil.copy(root / "Makefile", tmp_path)
    project = tomllib.loads((root / "pyproject.toml").read_text())
    built = [tmp_path / name.replace("*", "some") for name in project["tool"]["hatch"]["build"]["artifacts"]]
    for path in (*built, tmp_path / ".venv" / "bin" / "python", tmp_path / "build" / "sanitized" / "libvpcore.so"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["Makefile"]
