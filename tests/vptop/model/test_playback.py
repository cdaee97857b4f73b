# SPDX-License-Identifier: GPL-2.0-or-later
"""Sessions out of captures."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine.guest.symbols import Symbols
from engine.probes import frame_json
from tests.vptop.ui.fakes import frame
from vptop.model.capture import MAGIC, CaptureError, CaptureWriter, Guest, Shown, packed
from vptop.model.playback import is_session, read, records_of, session_of, symbols_of
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
    again = session_of(tmp_path / "a.vpc", pytest.fail)
    assert (again.guest, again.sources) == ("linux", {"a.vp": "; a"})
    assert again.symbols.describe(0x2004) == "second+0x4"


def test_the_latest_word_on_the_guest_counts(tmp_path: Path) -> None:
    writer = CaptureWriter(tmp_path / "a.vpc")
    for name in ("unknown guest", "linux"):
        writer.add(Guest(name, 1))
    writer.add(Shown(frame(1)))
    writer.close()
    assert session_of(tmp_path / "a.vpc", pytest.fail).guest == "linux"


def test_symbols_that_cannot_be_read_are_none() -> None:
    assert len(symbols_of(b"")) == 0
    assert len(symbols_of(b"\x7fELF no")) == 0


def test_frames_as_lines_of_json_are_a_session_up_to_a_line_that_was_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = [frame_json.encode(frame(second)) + b"\n" for second in (1, 2, 3)]
    for data, frames in ((b"".join(lines), 3), (b"".join(lines)[:-1], 3), (b"".join(lines)[:-9], 2)):
        path.write_bytes(data)
        assert is_session(path)
        told: list[str] = []
        assert len(session_of(path, told.append).timeline.ring) == frames
        assert told == ([] if frames == 3 else [f"{path}:3: the line is cut off; it is left out"])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "a: the file is empty; expected a capture .*, or Frames as lines of JSON"),
        (b"hello\n", "a:1: expected a capture .*, or Frames as lines of JSON"),
        (frame_json.encode(frame(1))[:-9], "a:1: the line is cut off; it is left out; no Frame can be read"),
        (MAGIC, "a: it holds no Frame"),
        (MAGIC + packed(Guest("one", 1)), "a: it holds no Frame"),
        (
            MAGIC + packed(Guest("one", 1))[:-1] + b"!",
            "a: damaged from byte 16 on; the rest is left out; no Frame can be read",
        ),
    ],
)
def test_what_is_no_session_is_told_with_its_line(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(CaptureError, match=message):
        session_of(tmp_path / "a", pytest.fail)


def test_lines_that_are_no_frames_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = [frame_json.encode(frame(second)) + b"\n" for second in (1, 2, 3)]
    told: list[str] = []
    for damaged in ((lines[0][:12] + b"\n", lines[1], b"}\n", lines[2]), (lines[0], lines[1][:12] + b"\n\n", lines[2])):
        path.write_bytes(b"".join(damaged))
        assert len(session_of(path, told.append).timeline.ring) == 2
    assert told == [f"{path}:{line}: the line is no Frame; it is left out, and 1 more after it" for line in (1, 2)]


def test_a_file_that_cannot_be_read_is_no_session(tmp_path: Path) -> None:
    assert not is_session(tmp_path)
    assert not is_session(tmp_path / "missing")
    with pytest.raises(CaptureError, match="No such file"):
        session_of(tmp_path / "missing", pytest.fail)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "the file is empty; expected a capture (.vpc), Frames as lines of JSON (.jsonl), or a recording"),
        (b"\x7fELF\x02\x01", "found b'\\x7fELF\\x02\\x01' at its beginning; expected a capture"),
        (b"vptop-capture 22\n\x00", "a capture of format 22; this version of vptop reads format 2"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_was_found(tmp_path: Path, data: bytes, found: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(data)
    with pytest.raises(CaptureError, match=re.escape(f"{path}: {found}")):
        is_session(path)


def test_a_recording_is_no_session(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b'{"vptop_recording":3,')
    assert not is_session(tmp_path / "a")


def test_a_pipe_is_refused_and_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a")
    for read_it in (is_session, read):
        with pytest.raises(CaptureError, match="a: a pipe or a device; expected a file"):
            read_it(tmp_path / "a")


def test_no_machine_is_imported_to_show_a_recording() -> None:
    code = "import sys, vptop.model.playback; print('engine.machine.machine' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
