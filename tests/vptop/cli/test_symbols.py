# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop guest symbols`."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import InputError
from engine.guest import bundled, symbol_files
from engine.vm.options import PowerOn
from vptop.cli import symbols


def test_symbols_are_printed_by_pattern(capsys: pytest.CaptureFixture[str]):
    assert symbols.show(PowerOn(), "sys_get*") == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.endswith(" sys_getpid") for line in lines)
    assert all(line.split()[2].startswith("sys_get") for line in lines)


def test_symbols_are_written_to_a_file(tmp_path: Path):
    path = tmp_path / "guest.sym"
    assert symbols.show(PowerOn(), "*", path) == 0
    assert dict(symbol_files.read(path).addresses) == dict(bundled.symbols().addresses)


def test_a_pattern_without_a_match_is_said(capsys: pytest.CaptureFixture[str]):
    assert symbols.show(PowerOn(), "nt!*") == 1
    assert "no symbols like nt!* are known before it runs" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path):
    with pytest.raises(InputError, match="No such file"):
        symbols.show(PowerOn(), "*", tmp_path / "no" / "guest.sym")
