# SPDX-License-Identifier: GPL-2.0-or-later
import gc
import tracemalloc

from engine.probes.frame import AggregateId, ProbeState, ScriptState
from tests.vptop.ui.fakes import SCRIPTS, aggregate, frame, ones, which
from vptop.model.ring import Ring
from vptop.model.script import ScriptFacts
from vptop.model.session import Session


def test_a_reload_is_remembered_and_its_hits_start_over(session):
    scripts = (ScriptState("vptop.vp", 2, (ProbeState("Guest_IRQ", 3, 40, 0, 0),), 1),)
    session.add(frame(6, scripts=scripts))
    assert [(reload.name, reload.generation) for reload in session.reloads] == [("vptop.vp", 2)]
    assert session.moment().probe_rate("vptop.vp", 0) == 40


def test_two_scripts_with_one_aggregate_name_keep_their_own_hints(session):
    first, second = AggregateId("one.vp", "a"), AggregateId("two.vp", "a")
    session.set_source("one.vp", "; @view a unit=us\n(defaggr a 1 0)")
    session.set_source("two.vp", "; @view a unit=ms\n(defaggr a 1 0)")
    session.add(frame(6, aggregates={first: aggregate([ones((1,), (), 5)]), second: aggregate([ones((1,), (), 7)])}))
    moment = session.moment()
    assert (moment.hint(first).unit, moment.hint(second).unit) == ("us", "ms")
    assert (moment.label(first), moment.label(second)) == ("a", "a (two.vp)")
    assert [row.count for row in moment.measured(second)] == [7]


def test_an_aggregate_that_is_gone_is_none(session):
    assert session.moment().measured(which("nothing")) is None


def test_what_was_asked_afterwards_is_put_into_the_frame_of_its_second(session):
    before = session.at(3).measured(which("latencies"))
    assert before is not None
    script = ScriptState("new.vp", 1, (ProbeState("Guest_IRQ", 1, 9, 0, 0),), 1)
    new = AggregateId("new.vp", "irqs")
    rows = {new: aggregate([ones((32,), (), 9)])}
    assert session.add_asked(frame(3, scripts=(script,), aggregates=rows, errors=(), log="found\n", asked=True))
    merged = session.at(2)
    assert merged.frame.asked
    assert [one.name for one in merged.frame.scripts][-1] == "new.vp"
    assert [row.count for row in merged.measured(new)] == [9]
    assert [row.count for row in session.at(3).measured(which("latencies"))] == [row.count for row in before]
    assert session.log.until(2)[-1].text == "found"
    assert not session.add_asked(frame(77, asked=True))


def test_where_what_was_asked_ends_the_counts_of_the_machine_begin(session):
    late = "late.vp"

    def hits(count: int) -> tuple[ScriptState, ...]:
        return (ScriptState(late, 1, (ProbeState("Guest_PF", 1, count, 0, 0),), 1),)

    session.add(frame(6, scripts=hits(30)))
    assert session.at(5).probe_rate(late, 0) == 30
    assert session.add_asked(frame(5, scripts=hits(900), log="", asked=True))
    assert session.at(5).probe_rate(late, 0) == 30
    new = AggregateId(late, "rows")
    earlier, later = [ones((1,), (), 9), ones((2,), (), 30)], [ones((2,), (), 4), ones((1,), (), 3)]
    for second, rows in ((7, earlier), (8, later)):
        session.add(frame(second, scripts=hits(30), aggregates={new: aggregate(rows)}))
    asked = aggregate([ones((2,), (), 100), ones((1,), (), 50)])
    assert session.add_asked(frame(7, scripts=hits(900), aggregates={new: asked}, log="", asked=True))
    assert session.at(7).trend(new, 0, 2) == [100.0, 4.0]
    assert session.edition(3) == (3, 0)
    assert session.edition(4) == (4, 1)


def test_a_script_that_is_asked_again_replaces_what_it_had_found(session):
    known = session.at(2).frame.aggregates
    rows = {which("latencies"): aggregate([ones((1,), (), 3)])}
    name = which("latencies").script
    assert session.add_asked(frame(3, scripts=(ScriptState(name, 1, (), 1),), aggregates=rows, log="", asked=True))
    merged = session.at(2).frame
    assert [one.name for one in merged.scripts].count(name) == 1
    assert {key for key in merged.aggregates if key.script == name} == {which("latencies")}
    assert {key for key in known if key.script != name} <= set(merged.aggregates)


def test_a_machine_that_was_started_again_has_a_console_of_its_own(session):
    """Also one that comes to the same tick at once: it begins where the one before has been already."""
    for second, text in ((5, "second"), (6, "third")):
        session.add(frame(second, console=f"{text}\r\n"))
    assert session.console.lines[:2] == ["second", "third"]
    assert session.console_of(5).lines[0] == "second"
    assert "tick 5" in session.console_of(4).lines
    assert session.timeline.ring.newest_machine() == 5


def test_what_comes_later_does_not_change_a_detached_moment(session):
    moment = session.at(3).detached()
    measured = moment.measured(which("running"))
    session.add(frame(6))
    session.set_source("vptop.vp", "(vprobe VMM1Hz)")
    session.add_asked(frame(4, asked=True))
    assert [one.frame for one in moment.history()] == [1, 2, 3, 4]
    assert not any(one.asked for one in moment.history())
    assert moment.session.sources == SCRIPTS
    assert moment.fed_by(which("running")) == {"Guest_IRQ"}
    assert moment.measured(which("running")) is measured
    assert [measured[0].count, measured[0].key] == [86, ((32,), ("idle",))]


def test_memory_is_bounded_however_long_it_runs():
    session = Session(Ring(frames=40))
    for name, source in SCRIPTS.items():
        session.set_source(name, source)
    held = []
    tracemalloc.start()
    for second in range(1, 361):
        session.add(frame(second, log="", console=""))  # both are bounded in lines
        moment = session.moment()
        assert moment is not None
        for one in moment.frame.aggregates:
            assert len(moment.trend(one, 0, 30)) == 30
        if second % 120 == 0:
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert held[2] < held[1] * 1.1


def test_measured_aggregates_that_were_let_go_are_measured_again(monkeypatch, session):
    moment = session.moment()
    assert moment is not None
    before = moment.trend(which("running"), 0, 4)
    monkeypatch.setattr("vptop.model.session.MEASURED_MOST", 1)
    assert moment.measured(which("latencies")) is moment.measured(which("latencies"))
    for one in moment.frame.aggregates:
        moment.measured(one)
    assert len(session._measured) == 1
    assert moment.trend(which("running"), 0, 4) == before
    assert any(before)


def test_facts_that_were_read_elsewhere_are_taken() -> None:
    session = Session()
    session.set_source("a.vp", "; new", ScriptFacts(defined=frozenset({"a"})))
    assert session._facts["a.vp"].defined == {"a"}
    session.set_source("a.vp", "; other")
    assert session._facts["a.vp"].defined == set()
