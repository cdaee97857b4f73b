# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures that are written in a thread."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from threading import Event

from tests.vptop.ui.fakes import frame
from vptop.model.capture import CaptureWriter, Record, Script, Shown, read
from vptop.ui.capture_thread import CaptureEnded, CaptureThread

PATIENCE = 20


def next_of(told: Queue[object]) -> CaptureEnded:
    message = told.get(timeout=PATIENCE)
    assert isinstance(message, CaptureEnded)
    return message


def test_records_are_read_in_the_thread_and_written_in_order(tmp_path: Path) -> None:
    told: Queue[object] = Queue()
    capture, go = CaptureThread(CaptureWriter(tmp_path / "a.vpc"), told.put), Event()

    def later() -> Iterator[Record]:
        assert go.wait(PATIENCE)
        yield from (Script("a.vp", "; a"), Shown(frame(1)))

    capture.put(later())
    capture.put([Shown(frame(2))])
    capture.end()
    assert told.empty()
    go.set()
    assert (next_of(told).trouble, capture.writer.frames) == ("", 2)
    assert [*read(tmp_path / "a.vpc")] == [Script("a.vp", "; a"), Shown(frame(1)), Shown(frame(2))]


def test_what_was_put_is_written_when_waited_for(tmp_path: Path) -> None:
    capture = CaptureThread(CaptureWriter(tmp_path / "a.vpc"), lambda _: None)
    capture.put(Shown(frame(second)) for second in range(50))
    capture.end()
    capture.wait()
    assert len([*read(tmp_path / "a.vpc")]) == 50


def test_trouble_ends_the_capture_and_is_told() -> None:
    told: Queue[object] = Queue()
    writer = CaptureWriter(Path("/dev/null"))
    with Path("/dev/full").open("wb") as full:
        os.dup2(full.fileno(), writer._file.fileno())  # the disk is full after the head of the file
    capture = CaptureThread(writer, told.put)
    capture.put([Shown(frame(1))])
    ended = next_of(told)
    assert ended.capture is capture
    assert "No space left on device" in ended.trouble
    capture.put([Shown(frame(2))])
    capture.wait()
