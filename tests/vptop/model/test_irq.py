# SPDX-License-Identifier: GPL-2.0-or-later
from tests.vptop.ui.fakes import IRQ_SCRIPT, aggregate, frame, ones, which
from vptop.model.irq import IrqHistory, processes, tree
from vptop.model.session import Session

COUNTS = {"kworker/0:1": {32: 6, 46: 2}, "kworker/1:0": {46: 1}, "sshd": {43: 1}}


def test_rates_and_shares():
    worker, *_, sshd = processes(COUNTS, 2.0)
    assert (worker.count, worker.rate, worker.share, worker.peak) == (8, 4.0, 0.8, 1.0)
    assert worker.vectors == {32: 3.0, 46: 1.0}
    assert (sshd.share, sshd.peak) == (0.1, 0.125)


def test_nothing_counted_or_no_time_passed():
    assert processes({}, 1.0) == []
    assert processes(COUNTS, 0.0) == []


def test_a_tree_has_families_processes_and_vectors():
    family, sshd = tree(processes(COUNTS, 1.0), str)
    assert (family.name, family.count, family.vectors) == ("kworker/*", 9, {32: 6.0, 46: 3.0})
    assert [part.name for part in family.parts] == ["kworker/0:1", "kworker/1:0"]
    assert [(part.path, part.count) for part in family.parts[0].parts] == [
        (("kworker/*", "kworker/0:1", "32"), 6),
        (("kworker/*", "kworker/0:1", "46"), 2),
    ]
    assert sshd.path == ("sshd",)


def test_spans_sum_frames_and_trends_have_gaps():
    session, running = Session(), which("running")
    session.set_source("vptop.vp", IRQ_SCRIPT)
    for second in (1, 2, 3):
        rows = [ones((32,), ("idle",), second), ones((46,), ("idle",), 1)]
        session.add(frame(second, aggregates={"running": aggregate(rows)}))
    moment, history = session.moment(), IrqHistory()
    assert moment is not None
    assert history.span(moment, running, 2) == ({"idle": {32: 5, 46: 2}}, 2.0)
    assert history.trend(moment, running, ["idle"], 4) == [None, 2.0, 3.0, 4.0]
    assert history.trend(moment, running, ["nobody"], 1) == [0.0]
