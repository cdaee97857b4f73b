# SPDX-License-Identifier: GPL-2.0-or-later
from tests.vptop.ui.fakes import SCRIPTS, aggregate, frame, ones, which
from vptop.model.buckets import BucketHistory, summed
from vptop.model.session import Session


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
