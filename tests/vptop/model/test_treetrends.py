# SPDX-License-Identifier: GPL-2.0-or-later
"""Trends of processes with those below them."""

from __future__ import annotations

from tests.vptop.ui.fakes import aggregate, frame, ones, which
from vptop.model.filterexpr import NO_FILTER, parse
from vptop.model.irq import IrqHistory
from vptop.model.known import KnownProcesses
from vptop.model.processkeys import ProcessId, ProcessKeys
from vptop.model.session import Session
from vptop.model.treetrends import TreeTrends

SCRIPT = """; @view running as=top keys=irq,pid,parent,process
(defaggr running 3 1)
(vprobe Guest_IRQ (aggr running (ARG0 1 2) ("") 1))
(vprobe VMM1Hz (logaggr running) (clearaggr running))
"""


def test_each_second_has_a_tree_of_its_own() -> None:
    session = Session()
    session.set_source("vptop.vp", SCRIPT)
    seconds = [
        [ones((32, 80, 1), ("sh",), 1), ones((32, 93, 80), ("cc1",), 4)],
        [ones((32, 80, 1), ("sh",), 2)],
        [ones((32, 95, 80), ("ld",), 8), ones((32, 96, 1), ("init",), 16)],
    ]
    for second, rows in enumerate(seconds, 1):
        session.add(frame(second, aggregates={"running": aggregate(rows)}))
    moment, shell, known = session.moment(), ProcessId("sh", 80), KnownProcesses()
    assert moment is not None
    trends = TreeTrends(IrqHistory(), known)
    assert trends.trend(moment, shell, 2) == [None, None], "of nothing"
    known.find(moment, [80])
    trends.about(which("running"), ProcessKeys(3, 1, 2), NO_FILTER, bool)
    assert trends.trend(moment, shell, 4) == [None, 5.0, 2.0, 8.0]
    trends.about(which("running"), ProcessKeys(3, 1, 2), parse("!sh"), lambda row: row.name != "sh")
    assert trends.trend(moment, shell, 3) == [4.0, 0.0, 8.0]
