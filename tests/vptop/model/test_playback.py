# SPDX-License-Identifier: GPL-2.0-or-later
"""Sessions out of captures."""

from __future__ import annotations

from pathlib import Path

from engine.guest.symbols import Symbols
from tests.vptop.ui.fakes import frame
from vptop.model.capture import CaptureWriter, Guest
from vptop.model.playback import records_of, session_of, symbols_of
from vptop.model.session import Session

SYMBOLS = Symbols([(0x1000, "t", "first"), (0x2000, "t", "second")])


def test_a_session_comes_back_with_its_symbols(tmp_path: Path) -> None:
    session = Session()
    session.guest = "linux"
    session.set_symbols(SYMBOLS)
    session.set_source("a.vp", "; a")
    session.add(frame(1))
    writer = CaptureWriter(tmp_path / "a.vpc")
    for record in records_of(session, session.timeline.ring.end):
        writer.add(record)
    writer.close()
    again = session_of(tmp_path / "a.vpc")
    assert (again.guest, again.sources) == ("linux", {"a.vp": "; a"})
    assert again.symbols.describe(0x2004) == "second+0x4"


def test_the_latest_word_on_the_guest_counts(tmp_path: Path) -> None:
    writer = CaptureWriter(tmp_path / "a.vpc")
    for name in ("unknown guest", "linux"):
        writer.add(Guest(name, 1))
    writer.close()
    assert session_of(tmp_path / "a.vpc").guest == "linux"


def test_symbols_that_cannot_be_read_are_none() -> None:
    assert len(symbols_of(b"")) == 0
    assert len(symbols_of(b"\x7fELF no")) == 0
