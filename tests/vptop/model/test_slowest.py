# SPDX-License-Identifier: GPL-2.0-or-later
from tests.vptop.ui.fakes import DISK_SCRIPT, aggregate, frame, ones, which
from vptop.model.session import Session
from vptop.model.slowest import slowest


def test_the_slowest_first_and_the_newest_of_equal_ones():
    session, latency = Session(), which("latency_us")
    session.set_source("disk-latency.vp", DISK_SCRIPT)
    for second, lows in ((1, (64, 8192)), (2, (128, 8192)), (3, (64,))):
        rows = [ones((low,), ("read",), low // 64) for low in lows]
        session.add(frame(second, aggregates={"latency_us": aggregate(rows)}))
    moment = session.moment()
    assert moment is not None
    found = slowest(moment, latency, most=3)
    assert [(one.low, one.sequence, one.count, one.label) for one in found] == [
        (8192, 1, 128, "read"),
        (8192, 0, 128, "read"),
        (128, 1, 2, "read"),
    ]
