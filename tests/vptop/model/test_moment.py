# SPDX-License-Identifier: GPL-2.0-or-later
import pytest
from msgspec.structs import replace

from engine.probes.frame import AggregateId, ProbeState, ScriptState
from tests.vptop.export.moments import moment_of
from tests.vptop.ui.fakes import aggregate, frame, ones, which
from vptop.model.kinds import Kind


def test_finds_a_picture_for_each_aggregate(session):
    moment = session.moment()
    assert moment.first(Kind.TOP) == which("running")
    assert moment.first(Kind.HISTOGRAM) == which("latency_us")
    assert moment.first(Kind.STACKS) == which("stacks")
    assert moment.first(Kind.TABLE) == which("latencies")


def test_rates_come_from_two_frames(session):
    moment = session.moment()
    assert moment.hits() == 290 + 1 + 1376 + 1 + 100
    assert moment.probe_rate("vptop.vp", 0) == 290
    assert moment.blocks() == 12_400_000
    assert moment.overhead() == pytest.approx((290 * 210 + 900 + 1376 * 340 + 800 + 100 * 1900) / 1e9)


def test_the_first_frame_has_the_rates_of_what_began_in_it():
    hz = 10**9
    script = ScriptState("a.vp", 1, (ProbeState("Guest_IRQ", 1, 5, 0, 0),), 1, loaded=6 * hz)
    which = AggregateId("a.vp", "a")
    rows = {which: aggregate([ones((1,), (), 5)])}
    made = replace(frame(7, scripts=(script,), aggregates=rows), tsc=6 * hz + hz // 20, began=6 * hz)
    data = replace(made.aggregates[which], since=6 * hz, until=made.tsc)
    moment = moment_of(replace(made, aggregates={which: data}))
    assert (moment.seconds, moment.hits(), moment.probe_rate("a.vp", 0)) == (0.05, 100.0, 100.0)
    measured = moment.measured(which)
    assert measured is not None
    assert (measured.rate, measured.known) == (100.0, True)


def test_the_oldest_frame_has_no_rates_of_what_began_before_it():
    scripts = tuple(replace(one, loaded=10**9) for one in frame(5).scripts)
    moment = moment_of(frame(5, scripts=scripts))
    assert (moment.hits(), moment.probe_rate("vptop.vp", 0), moment.blocks()) == (0.0, 0.0, None)
    latencies = moment.measured(which("latencies"))
    assert latencies is not None
    assert (latencies.known, latencies.rate) == (False, 1376.0), "the mean since it was loaded"


def test_a_script_that_is_loaded_within_a_second_has_rates_of_its_part(session):
    hz = 10**9
    script = ScriptState("late.vp", 1, (ProbeState("Guest_PF", 1, 50, 0, 0),), 1, loaded=5 * hz + hz // 2)
    session.add(frame(6, scripts=(script,)))
    assert session.moment().probe_rate("late.vp", 0) == 100.0
    session.add(frame(7, scripts=(replace(script, generation=2, loaded=6 * hz + hz // 2),)))
    assert session.moment().probe_rate("late.vp", 0) == 100.0


def test_an_aggregate_that_is_logged_and_cleared_at_other_times_has_true_rates(session):
    hz, one = 10**9, which("running")

    def add(second, since, until, count):
        made = frame(second, aggregates={"running": aggregate([ones((1,), (), count)])})
        data = replace(made.aggregates[one], since=round(since * hz), until=round(until * hz))
        session.add(replace(made, aggregates={one: data}))
        return session.moment().measured(one)

    tenth = add(6, 5.9, 6, 7)  # ten times a second: what is shown are the last of these
    assert (tenth.hits.tolist(), round(tenth.rate, 6), tenth.per_interval) == ([7], 70.0, True)
    begun = add(7, 6, 7, 10)
    assert (begun.rate, begun.per_interval) == (10.0, True)
    goes_on = add(8, 6, 8, 25)  # every five seconds
    assert (goes_on.rate, goes_on.per_interval) == (15.0, False)
    again = add(9, 8.5, 9, 30)  # cleared without having been logged, and more than there were
    assert (again.hits.tolist(), again.rate) == ([30], 60.0)


def test_uncleared_aggregates_are_measured_by_difference(session):
    (row,) = session.moment().measured(which("latencies"))
    assert (row.count, row.hits) == (1376 * 5, 1376)


def test_trends_have_gaps_where_no_frame_is(session):
    trend = session.moment().trend(which("running"), 7, 7)
    assert trend == [None, None, 3.0, 3.0, 3.0, 3.0, 3.0]


def test_a_row_that_comes_and_goes_has_what_it_counted_before(session):
    rows = {6: ["a", "b"], 7: ["b"], 8: ["c", "a"]}
    for second, names in rows.items():
        session.add(frame(second, aggregates={"running": aggregate([ones((1,), (name,), second) for name in names])}))
    assert session.moment().trend(which("running"), 1, 4) == [0.0, 6.0, 0.0, 8.0]
