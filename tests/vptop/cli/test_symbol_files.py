# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbol files of every form."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.guest.symbols import SymbolError
from vptop.cli.symbol_files import read_symbols


@pytest.mark.parametrize("text", ["0000000000001000 T start\n", "fffff800`00001000 nt!start\n", "80001000 nt!start\n"])
def test_kallsyms_and_windbg(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.sym"
    path.write_text(text)
    (name,) = read_symbols(path)
    assert name.endswith("start")


def test_no_symbols_and_no_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("hello\n")
    with pytest.raises(SymbolError, match="no symbols"):
        read_symbols(tmp_path / "a")
    with pytest.raises(SymbolError, match="No such file"):
        read_symbols(tmp_path / "b")
