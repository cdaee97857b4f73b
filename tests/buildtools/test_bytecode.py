# SPDX-License-Identifier: GPL-2.0-or-later
"""Bytecode of every module."""

from __future__ import annotations

from importlib.util import cache_from_source
from pathlib import Path

from buildtools.bytecode import PACKAGES, compile_modules


def test_every_module_has_bytecode_and_a_wrong_one_stops_nothing(tmp_path: Path) -> None:
    for package in PACKAGES:
        (tmp_path / package / "part").mkdir(parents=True)
        (tmp_path / package / "part" / "good.py").write_text("x = 1\n")
        (tmp_path / package / "wrong.py").write_text("x =\n")
    compile_modules(tmp_path)
    for package in PACKAGES:
        assert Path(cache_from_source(str(tmp_path / package / "part" / "good.py"))).is_file()
        assert not Path(cache_from_source(str(tmp_path / package / "wrong.py"))).exists()
