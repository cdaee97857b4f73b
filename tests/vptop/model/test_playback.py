# SPDX-License-Identifier: GPL-2.0-or-later
"""Sessions out of captures."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.guest.symbols import Symbols
from engine.probes import frame_json
from tests.vptop.ui.fakes import frame
from vptop.model.capture import CaptureError, CaptureWriter, Guest
from vptop.model.playback import is_session, records_of, session_of, symbols_of
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


def test_frames_as_lines_of_json_are_a_session_up_to_a_line_that_was_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = [frame_json.encode(frame(second)) + b"\n" for second in (1, 2, 3)]
    for data, frames in ((b"".join(lines), 3), (b"".join(lines)[:-1], 3), (b"".join(lines)[:-9], 2)):
        path.write_bytes(data)
        assert is_session(path)
        assert len(session_of(path).timeline.ring) == frames


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "a: the file is empty; expected a capture, or Frames as lines of JSON"),
        (b"hello\n", "a:1: expected a capture, or Frames as lines of JSON"),
        (frame_json.encode(frame(1)) + b"\n{}\n", "a:2: expected a capture, or Frames as lines of JSON"),
        (frame_json.encode(frame(1))[:-9], "a:1: expected a capture, or Frames as lines of JSON"),
    ],
)
def test_what_is_no_session_is_told_with_its_line(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(CaptureError, match=message):
        session_of(tmp_path / "a")


def test_a_file_that_cannot_be_read_is_no_session(tmp_path: Path) -> None:
    assert not is_session(tmp_path)
    assert not is_session(tmp_path / "missing")
    with pytest.raises(CaptureError, match="No such file"):
        session_of(tmp_path / "missing")
