# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture as a source."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from queue import SimpleQueue

import pytest

from engine.vm.past.messages import PastKept
from engine.vm.protocol import FrameMessage, GuestChanged, Hello, Notice
from tests.vptop.ui.fakes import frame
from vptop.model.capture import CaptureError, CaptureWriter, Guest, Record, Script, Shown
from vptop.source.checking import Finding
from vptop.source.replay import NO_MACHINE, REFUSAL, ReplaySource
from vptop.source.source import SourceEvent


def test_events_come_as_a_vm_sends_them_and_nothing_can_be_changed(tmp_path: Path) -> None:
    writer = CaptureWriter(tmp_path / "a.vpc")
    records: list[Record] = [Guest("one", 2, b"1000 t start\n"), Script("a.vp", "; 1"), Shown(frame(1))]
    records += [Guest("two", 2), Script("a.vp", "; 2"), Shown(frame(2))]
    for record in records:
        writer.add(record)
    writer.close()
    source = ReplaySource(tmp_path / "a.vpc")
    events: list[SourceEvent] = []
    source.start(events.append)
    assert [type(event) for event in events] == [Hello, PastKept, FrameMessage, GuestChanged, FrameMessage, Notice]
    hello = events[0]
    assert isinstance(hello, Hello)
    assert (hello.guest, hello.vcpus, hello.scripts) == ("one", 2, {"a.vp": "; 2"})
    assert Path(hello.symbols).read_text() == "1000 t start\n"
    for request in (
        source.load("a.vp", "", ""),
        source.reboot(),
        source.pause(),
        source.resume(),
        source.keys("x", "auto"),
        source.peek(0, 1),
    ):
        assert (request.result().ok, request.result().message) == (False, REFUSAL)
    for question in (source.ask("a.vp", "", 0.0, 0.0, ()), source.when("1", ""), source.visit(1, "", "")):
        assert question.reply.result().message == REFUSAL
    assert isinstance(events[1], PastKept)
    assert (events[1].moments, events[1].failure) == ((), NO_MACHINE)
    assert source.clear_aggregates().result().message == REFUSAL
    found: SimpleQueue[Finding] = SimpleQueue()
    source.check("a.vp", "(vprobe VMM1Hz (printff 1))", found.put)
    places = next(finding.places for finding in iter(partial(found.get, timeout=60), None) if finding.is_last)
    assert places is not None
    assert [place.code for place in places][:1] == ["E202"]
    source.restart({})
    source.close()
    assert not Path(hello.symbols).exists()


def test_what_is_no_capture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with pytest.raises(CaptureError):
        ReplaySource(tmp_path / "a")
