# SPDX-License-Identifier: GPL-2.0-or-later
from tests.vptop.ui.fakes import SCRIPTS, aggregate, frame, ones, which
from vptop.model.buckets import BucketHistory, central, summed
from vptop.model.session import Session
from vptop.model.slowest import slowest


def test_counts_of_each_frame_and_their_sum():
    session = Session()
    for name, source in SCRIPTS.items():
        session.set_source(name, source)
    for second in (1, 2, 3):
        rows = [ones((64,), ("read",), second), ones((64,), ("write",), 10), ones((128,), ("read",), 2)]
        session.add(frame(second, aggregates={"latency_us": aggregate(rows)}))
    moment = session.moment()
    assert moment is not None
    span = BucketHistory().span(moment, which("latency_us"), 4)
    assert span == [None, {64: 11, 128: 2}, {64: 12, 128: 2}, {64: 13, 128: 2}]
    assert summed(span) == {64: 36, 128: 6}


def test_what_was_counted_before_the_first_frame_is_in_no_interval():
    session, latency = Session(), which("latency_us")
    rows = [ones((64,), ("read",), 300)]
    session.add(frame(300, aggregates={"latency_us": aggregate(rows, logged=False)}))
    moment = session.moment()
    assert moment is not None
    assert BucketHistory().span(moment, latency, 1) == [{64: 300}], "nothing else is known"
    rows = [ones((64,), ("read",), 302)]
    session.add(frame(301, aggregates={"latency_us": aggregate(rows, logged=False)}))
    moment = session.moment()
    assert moment is not None
    assert BucketHistory().span(moment, latency, 2) == [None, {64: 2}]
    assert [(slow.sequence, slow.count) for slow in slowest(moment, latency)] == [(1, 2)]


def test_outliers_are_left_out_of_an_axis():
    counts = {1: 1, 64: 2, 128: 296, 256: 2, 1024: 1, 4096: 1}
    assert central(counts) == [128, 256], "3 of 303 at each end, in whole buckets"
    assert central({1: 1, 64: 98}) == [1, 64], "too few to tell"
    assert central({}) == []
