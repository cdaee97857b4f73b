# SPDX-License-Identifier: GPL-2.0-or-later
"""What is put into the Frames of seconds that were asked is what a script from the start would have found."""

from __future__ import annotations

import msgspec

from engine import VirtualMachine
from engine.probes.frame import AggregateId, Frame, ProbeState, ScriptState
from engine.probes.printed import LogPart
from engine.vm.options import PowerOn
from tests.vptop.ui.fakes import aggregate, frame, ones
from vptop.model.asked import Boundaries, merged
from vptop.model.moment import Moment
from vptop.model.session import Session

NAME = "late.vp"
SCRIPT = """(version "1.0")
(defaggr irqs 1 0) (defaggr each 1 1) (defstring stack)
(vprobe Guest_IRQ (aggr irqs (ARG0) () 1) (gueststack stack) (aggr each (RIP) (stack) TSC))
(vprobe VMM1Hz (printf "at %d\\n" TSC) (logaggr each) (clearaggr each) (/ 1 0))
(vprobe TIMER:300msec (printf "timer %d\\n" TSC))
"""
BEGIN, LOADED, END = 1.0, 2.4, 5.0


def _run(vm: VirtualMachine, session: Session, second: float) -> None:
    while vm.ticks < round(second * vm.tsc_hz):
        made = vm.advance((round(second * vm.tsc_hz) - vm.ticks) / vm.tsc_hz)
        if made is not None:
            session.add(made)


def _session() -> Session:
    session = Session()
    session.set_source(NAME, SCRIPT)
    return session


def _found(moment: Moment | None) -> tuple[object, ...]:
    """All that the script found in an interval, without what the host's clock had measured."""
    assert moment is not None
    made = moment.frame
    probes = [(probe.name, probe.line, probe.hits, probe.errors) for one in made.scripts for probe in one.probes]
    return probes, made.aggregates, made.errors, made.log, made.log_parts, made.tsc, made.guest_seconds


def _irqs(moment: Moment | None) -> dict[object, int]:
    """Firings in the interval alone."""
    assert moment is not None
    measured = moment.measured(AggregateId(NAME, "irqs"))
    assert measured is not None
    return {row.key: row.hits for row in measured if row.hits}


def test_every_second_is_that_of_a_script_from_the_start_the_last_one_too() -> None:
    whole, late = _session(), _session()
    with VirtualMachine.power_on(PowerOn(seed=5)) as vm:
        _run(vm, whole, BEGIN)
        vm.load(SCRIPT, NAME)
        _run(vm, whole, END)
    with VirtualMachine.power_on(PowerOn(seed=5)) as vm:
        vm.keep_past()
        _run(vm, late, LOADED)
        vm.load(SCRIPT, NAME)
        _run(vm, late, END)
        last = late.timeline.ring.get(2)
        assert last is not None
        until = last.tsc / last.tsc_hz
        asked = vm.past(until - BEGIN, until=until).load(SCRIPT, NAME)
        assert [late.add_asked(made) for made in asked.frames] == [True, True]
    for sequence in (1, 2):
        assert _found(late.at(sequence)) == _found(whole.at(sequence))
        assert _irqs(late.at(sequence)) == _irqs(whole.at(sequence))
    assert "timer" in last.log  # the machine printed in a part of that second
    assert _irqs(late.at(3)) == _irqs(whole.at(3))
    there, here = late.at(3), whole.at(3)
    assert there is not None
    assert here is not None
    assert there.probe_rate(NAME, 0) == here.probe_rate(NAME, 0)
    assert [line.text for line in late.log.until(2)] == [line.text for line in whole.log.until(2)]


def _counts(count: int, **changes: object) -> Frame:
    script = ScriptState(NAME, 1, (ProbeState("Guest_IRQ", 1, count, 0, 0),), 1)
    rows = {AggregateId(NAME, "irqs"): aggregate([ones((32,), (), count)])}
    return msgspec.structs.replace(frame(1), scripts=(script,), aggregates=rows, **changes)


def _counted(before: Frame | None) -> list[int]:
    assert before is not None
    return [probe.hits for script in before.scripts if script.name == NAME for probe in script.probes]


def test_only_what_the_same_script_printed_is_replaced() -> None:
    parts = (LogPart(2, 0.5, 0, NAME, "In"), LogPart(2, 0.6, 0, "other.vp", "In"), LogPart(2, 0.7, 0, NAME, "In"))
    found = merged(_counts(1, log="a\nb\nc\nrest\n", log_parts=parts), _counts(2, log="new\n", log_parts=()))
    assert found.log == "b\nrest\nnew\n"
    assert [part.size for part in found.log_parts] == [2, 5, 4]
    assert _counted(found) == [2]


def test_each_interval_is_measured_against_a_count_of_its_own_kind() -> None:
    known = Boundaries()
    frames = [_counts(count) for count in (100, 110, 120, 130, 140)]

    def ask(sequence: int, count: int, question: int) -> None:
        frames[sequence] = known.put(sequence, frames[sequence], _counts(count), question, frames[sequence - 1])

    def before() -> list[list[int]]:
        return [_counted(known.before(sequence, frames[sequence - 1])) for sequence in range(1, len(frames))]

    assert before() == [[100], [110], [120], [130]]
    ask(1, 5, 1)
    ask(2, 15, 1)
    ask(3, 25, 1)
    assert before() == [[], [5], [15], [130]]
    ask(2, 7, 2)  # a second question, which is cancelled after one Frame
    assert before() == [[], [], [15], [130]]
    ask(4, 17, 2)  # a question that has found nothing for Frame 3
    assert before() == [[], [], [15], [7]]
    known.forget(4)
    assert known.before(2, frames[1]) is frames[1]
    assert known.before(1, None) is None


def test_all_frames_of_a_machine_that_stands_have_what_was_found() -> None:
    session = _session()
    for second, began, count in ((1, 0, 10), (2, 1, 20), (2, 2, 20), (3, 2, 30)):
        session.add(_counts(count, guest_seconds=float(second), tsc=10**9 * second, began=10**9 * began, log=""))
    for second, count in ((1, 100), (2, 200)):
        asked = _counts(count, guest_seconds=float(second), tsc=10**9 * second, log=f"{second}\n", asked=True)
        assert session.add_asked(asked, 1)
    assert [_irqs(session.at(sequence)) for sequence in (1, 2, 3)] == [{((32,), ()): 100}, {}, {((32,), ()): 10}]
    assert [line.text for line in session.log.until(9)] == ["1", "2"]


def test_a_script_keeps_its_place_among_those_of_the_frame() -> None:
    """Views show the first aggregate that they can."""

    def made(*names: str) -> Frame:
        known = frame(1)
        scripts = tuple(ScriptState(name, 1, ()) for name in names)
        aggregates = {AggregateId(name, "a"): next(iter(known.aggregates.values())) for name in names}
        return msgspec.structs.replace(known, scripts=scripts, aggregates=aggregates, errors=())

    found = merged(made("a.vp", "b.vp", "c.vp"), made("b.vp", "late.vp"))
    order = ["a.vp", "b.vp", "c.vp", "late.vp"]
    assert [script.name for script in found.scripts] == [key.script for key in found.aggregates] == order
