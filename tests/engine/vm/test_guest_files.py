# SPDX-License-Identifier: GPL-2.0-or-later
"""Files in which clients read what is known of the guest."""

from __future__ import annotations

from pathlib import Path

from engine.guest import symbol_files
from engine.guest.guest import StaticGuest
from engine.guest.linux.btf import Btf
from engine.guest.symbols import Symbols
from engine.vm.guest_files import GuestFiles
from engine.vm.protocol import Notice
from tests.engine.guest.linux import tables


def test_symbols_and_types_are_written_once(tmp_path: Path) -> None:
    guest = StaticGuest("g", "", Symbols([(0x1000, "T", "start")]))
    guest.types = Btf(tables.small_types().data())
    files = GuestFiles(tmp_path, lambda notice: None)
    symbols, types = Path(files.symbols(guest, 1)), Path(files.types(guest))
    assert dict(symbol_files.read(symbols).addresses) == {"start": 0x1000}
    assert Btf(types.read_bytes()).data == guest.types.data
    symbols.write_bytes(b"")
    types.write_bytes(b"")
    assert (files.symbols(guest, 1), files.types(guest)) == (str(symbols), str(types))
    assert symbols.read_bytes() == types.read_bytes() == b""
    files.symbols(guest, 2)
    assert symbols.read_bytes() != b""


def test_what_is_not_known_has_no_file(tmp_path: Path) -> None:
    files = GuestFiles(tmp_path, lambda notice: None)
    assert files.symbols(StaticGuest("g", ""), 1) == files.types(StaticGuest("g", "")) == ""
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    told: list[Notice] = []
    guest = StaticGuest("g", "", Symbols([(0x1000, "T", "start")]))
    guest.types = Btf(tables.small_types().data())
    files = GuestFiles(tmp_path / "gone", told.append)
    assert files.symbols(guest, 1) == files.types(guest) == ""
    assert [notice.message.rpartition(": ")[2] for notice in told] == [
        "clients see addresses without symbols",
        "clients see no types of the guest",
    ]
