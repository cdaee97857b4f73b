# SPDX-License-Identifier: GPL-2.0-or-later
"""DWARF that is not there; structures are in test_structs.py."""

from __future__ import annotations

import pytest

from engine.guest import bundled
from vptop.cli.dwarf import Dwarf, DwarfError


@pytest.mark.parametrize("data", [b"", b"hello", b"\x7fELF" + bytes(100), bundled.DISK_IMAGE.read_bytes()[:4096]])
def test_other_files_have_none(data: bytes) -> None:
    with pytest.raises(DwarfError):
        Dwarf(data)
