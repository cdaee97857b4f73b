# SPDX-License-Identifier: GPL-2.0-or-later
from tests.vptop.ui.fakes import IRQ_SCRIPT, aggregate, frame, ones, which
from vptop.model.irq import IrqHistory, compared, families, processes, vector_lines
from vptop.model.processkeys import ProcessId, ProcessKeys
from vptop.model.session import Session
from vptop.model.tally import Sums, Tally, exactly

NAMES = ProcessKeys(1)
COUNTS = {"kworker/0:1": {32: 6, 46: 2}, "kworker/1:0": {46: 1}, "sshd": {43: 1}}


def by_process(counts: dict[str, dict[int, int]]) -> dict[ProcessId, dict[int, int]]:
    return {ProcessId(name): by_vector for name, by_vector in counts.items()}


def test_rates_and_shares():
    worker, *_, sshd = processes(exactly(by_process(COUNTS), 2.0))
    assert (worker.count, worker.rate, worker.share, worker.peak) == (8, 4.0, 0.8, 1.0)
    assert worker.vectors == {32: 3.0, 46: 1.0}
    assert (sshd.share, sshd.peak) == (0.1, 0.125)


def test_nothing_counted_or_no_time_passed():
    assert processes(Tally()) == []
    assert processes(exactly(by_process(COUNTS), 0.0)) == []


def test_a_tree_of_families_has_processes_and_vectors():
    family, sshd = families(processes(exactly(by_process(COUNTS), 1.0)))
    assert (family.name, family.count, family.vectors) == ("kworker/*", 9, {32: 6.0, 46: 3.0})
    assert [(part.name, part.depth) for part in family.parts] == [("kworker/0:1", 1), ("kworker/1:0", 1)]
    assert (family.opens, vector_lines(family, str)) == (True, ())
    vectors = vector_lines(family.parts[0], str)
    assert [(one.name, one.count, one.depth) for one in vectors] == [("32", 6, 2), ("46", 2, 2)]
    assert not vectors[0].opens
    assert (sshd.opens, sshd.depth) == (True, 0)


def test_vectors_that_are_not_told_apart_have_a_line_of_their_own():
    counted = Tally(by_process({"sshd": {43: 6}}), {ProcessId("sshd"): 8}, {}, {}, 2.0, Sums(1, 16), 8, 6, whole=False)
    found = vector_lines(processes(counted)[0], str)
    assert [(one.name, one.count, one.rate, one.share) for one in found] == [
        ("43", 6, 3.0, 0.375),
        ("other vectors", 2, 1.0, 0.125),
    ]


def test_processes_that_are_gone_are_compared_too():
    found = compared(
        processes(exactly(by_process({"new": {32: 3}, "sshd": {43: 5}}), 1.0)), exactly(by_process(COUNTS), 1.0)
    )
    changes = {one.name: (one.change, one.growth) for one in found}
    assert changes["new"] == (3.0, None)
    assert changes["sshd"] == (4.0, 4.0)
    assert changes["kworker/0:1"] == (-8.0, -1.0)


def test_spans_sum_frames_and_trends_have_gaps():
    session, running = Session(), which("running")
    session.set_source("vptop.vp", IRQ_SCRIPT)
    for second in (1, 2, 3):
        rows = [ones((32,), ("idle",), second), ones((46,), ("idle",), 1)]
        session.add(frame(second, aggregates={"running": aggregate(rows)}))
    moment, history = session.moment(), IrqHistory()
    assert moment is not None
    span = history.span(moment, running, NAMES, 2)
    assert span is not None
    assert (span.counts, span.seconds) == (by_process({"idle": {32: 5, 46: 2}}), 2.0)
    assert history.trend(moment, running, NAMES, [ProcessId("idle")], 4) == [None, 2.0, 3.0, 4.0]
    assert history.trend(moment, running, NAMES, [ProcessId("nobody")], 1) == [0.0]
    history.learn(
        running, NAMES, session.edition(moment.sequence), Tally({}, {ProcessId("idle"): 4}, seconds=1.0, whole=False)
    )
    assert history.trend(moment, running, NAMES, [ProcessId("idle")], 1) == [4.0]
    assert history.trend(moment, running, NAMES, [ProcessId("nobody")], 1) == [None], (
        "it is not among those that are known"
    )
    assert history.span(moment, running, NAMES, 2) is None


def test_a_span_begins_with_the_machine():
    session, running = Session(), which("running")
    for second in (1, 2, 3, 1, 2):
        session.add(frame(second, aggregates={"running": aggregate([ones((32,), ("idle",), 10 * second)])}))
    moment, history = session.moment(), IrqHistory()
    assert moment is not None
    span = history.span(moment, running, NAMES, 60)
    assert span is not None
    assert (span.totals, span.seconds) == ({ProcessId("idle"): 30}, 2.0)
    assert history.trend(moment, running, NAMES, [ProcessId("idle")], 3) == [30.0, 10.0, 20.0], "a trend goes on"


def test_what_was_counted_before_the_first_frame_is_in_no_span():
    session, running = Session(), which("running")
    for second in (300, 301, 302):
        rows = [ones((32,), ("idle",), second)]
        session.add(frame(second, aggregates={"running": aggregate(rows, logged=False)}))
    moment = session.moment()
    assert moment is not None
    span = IrqHistory().span(moment, running, NAMES, 60)
    assert span is not None
    assert (span.totals, span.seconds) == ({ProcessId("idle"): 2}, 2.0)
