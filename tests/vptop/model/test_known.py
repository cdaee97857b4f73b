# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of processes from the Frames that are kept."""

from __future__ import annotations

from tests.vptop.ui.fakes import aggregate, frame, ones
from vptop.model.known import KnownProcesses
from vptop.model.processkeys import ProcessId, Relative
from vptop.model.session import Session

SCRIPT = """
; @view running as=top keys=irq:hex,pid:dec,parent:dec,process
; @view calls keys=pid:dec,call,process
(defaggr running 3 1)
(defaggr calls 1 2)
(vprobe Guest_IRQ (aggr running (ARG0 1 2) ("") 1) (aggr calls (1) ("" "") 1))
"""


def test_the_newest_frame_that_has_a_process_names_it() -> None:
    session, known = Session(), KnownProcesses()
    session.set_source("vptop.vp", SCRIPT)
    rows = {
        1: [ones((32, 70, 1), ("getty",), 1), ones((32, 80, 70), ("sh",), 1)],
        2: [ones((32, 80, 70), ("make",), 1)],
        3: [ones((32, 90, 80), ("cc1",), 1)],
    }
    calls = aggregate([ones((5,), ("read", "sshd"), 1)])
    for second in (1, 2):
        session.add(frame(second, aggregates={"running": aggregate(rows[second]), "calls": calls}))
    first, moment = session.at(0), session.moment()
    assert first is not None
    assert moment is not None
    assert known.find(moment, [70, 80, 90, 5]) == {
        70: Relative(ProcessId("getty", 70), 1),
        80: Relative(ProcessId("make", 80), 70),
        5: Relative(ProcessId("sshd", 5), 0),
    }
    session.add(frame(3, aggregates={"running": aggregate(rows[3])}))
    moment = session.moment()
    assert moment is not None
    assert known.find(moment, [80, 90]) == {
        80: Relative(ProcessId("make", 80), 70),
        90: Relative(ProcessId("cc1", 90), 80),
    }
    assert known.find(first, [80, 90]) == {80: Relative(ProcessId("sh", 80), 70)}, "what comes later is not known"


def test_processes_of_the_machine_before_a_restart_are_not_known() -> None:
    session, known = Session(), KnownProcesses()
    session.set_source("vptop.vp", SCRIPT)
    for second, name in ((1, "sh"), (2, "cc1"), (1, "init")):
        rows = aggregate([ones((32, 10 * second, 1), (name,), 1)])
        session.add(frame(second, aggregates={"running": rows}))
        moment = session.moment()
        assert moment is not None
        found = known.find(moment, [10, 20])
    assert found == {10: Relative(ProcessId("init", 10), 1)}
