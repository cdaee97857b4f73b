# SPDX-License-Identifier: GPL-2.0-or-later
from engine.probes.frame import Row
from tests.vptop.ui.fakes import DISK_SCRIPT, SCRIPT_OF, aggregate, frame, ones, which
from vptop.model.session import Session
from vptop.model.slowest import slowest, with_stacks


def test_the_slowest_first_and_the_newest_of_equal_ones():
    session, latency = Session(), which("latency_us")
    session.set_source("disk-latency.vp", DISK_SCRIPT)
    for second, lows in ((1, (64, 8192)), (2, (128, 8192)), (3, (64,))):
        rows = [ones((low,), ("read",), low // 64) for low in lows]
        session.add(frame(second, aggregates={"latency_us": aggregate(rows)}))
    moment = session.moment()
    assert moment is not None
    found = slowest(moment, latency, most=3)
    assert [(one.low, one.sequence, one.count, *one.key[1]) for one in found] == [
        (8192, 1, 128, "read"),
        (8192, 0, 128, "read"),
        (128, 1, 2, "read"),
    ]
    session.add(frame(1, aggregates={"latency_us": aggregate([ones((64,), ("read",), 1)])}))
    again = session.moment()
    assert again is not None
    assert [one.sequence for one in slowest(again, latency)] == [3], "those of the machine before are not"


def test_the_stacks_of_a_histogram_are_those_of_its_script_by_the_same_buckets(monkeypatch):
    monkeypatch.setitem(SCRIPT_OF, "by_stack", "disk-latency.vp")
    hints = "; @view latency_us as=hist unit=us keys=bucket,op\n; @view by_stack unit=us keys=-bucket,stack\n"
    session, latency, by_stack = Session(), which("latency_us"), which("by_stack")
    session.set_source("disk-latency.vp", hints + DISK_SCRIPT.partition("\n")[2])
    stack = "GUEST_0x1000_0x2000"
    rows = [Row((64,), (stack,), 2, 66, 64, 67, 67), Row((64,), ("?",), 1, 68, 68, 68, 68)]
    for aggregates in ({"latency_us": aggregate([ones((64,), ("read",), 3)])}, {"by_stack": aggregate(rows)}):
        session.add(
            frame(
                1 + session.timeline.ring.end,
                aggregates=frame().aggregates | {which(name): data for name, data in aggregates.items()},
            )
        )
    before, moment = session.at(0), session.moment()
    assert before is not None
    assert moment is not None
    assert with_stacks(before, latency) == latency, "there is no such aggregate"
    assert with_stacks(moment, latency) == by_stack
    assert with_stacks(moment, which("stacks")) == which("stacks"), "of another script"
    found = [(one.most, one.low, one.count, one.key[1]) for one in slowest(moment, by_stack)]
    assert found == [(68, 64, 1, ("?",)), (67, 64, 2, (stack,))], "values tell more than buckets"
