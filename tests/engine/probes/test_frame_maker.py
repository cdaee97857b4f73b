# SPDX-License-Identifier: GPL-2.0-or-later
"""What a Frame shows of a small guest."""

from __future__ import annotations

import pytest

from engine.core.image import PrintedPart
from engine.probes import frame_maker
from engine.probes.frame import AggregateId
from engine.probes.frame_maker import FrameMaker
from tests.engine.probes.small import STOP, guest

READS = "    inb $0x60, %al\n" * 3 + STOP
COUNT = "(defaggr reads 1 0) (vprobe In (aggr reads (ARG0) () 1))"
READS_ID = AggregateId("script.vp", "reads")


def test_a_frame_holds_rows_probes_and_counters() -> None:
    with guest(READS, COUNT) as watched:
        maker = FrameMaker(watched.machine, watched.host)
        watched.run()
        frame = maker.make()
    (row,) = frame.aggregates[READS_ID]
    assert (row.integers, row.count) == ((0x60,), 3)
    assert frame.scripts[0].probes[0].hits == 3
    assert frame.blocks > 0
    assert frame.vcpus[0].halted
    assert frame.vcpus[0].rip == frame.vcpus[0].registers["RIP"]
    assert frame.busy < 0.1


def test_rows_that_were_logged_and_cleared_are_shown_as_logged() -> None:
    script = COUNT + "(vprobe Out (logaggr reads) (clearaggr reads))"
    with guest("    inb $0x60, %al\n    outb %al, $0x80\n" + STOP, script) as watched:
        maker = FrameMaker(watched.machine, watched.host)
        watched.run()
        first, second = maker.make(), maker.make()
    assert (first.aggregates[READS_ID].logged, len(first.aggregates[READS_ID])) == (True, 1)
    assert (second.aggregates[READS_ID].logged, len(second.aggregates[READS_ID])) == (False, 0)


def test_rows_say_which_ticks_they_are_of() -> None:
    script = COUNT + '(vprobe Out (logaggr reads) (clearaggr reads) (printf "x"))'
    body = "    inb $0x60, %al\n    outb %al, $0x80\n" * 2 + "    inb $0x60, %al\n" + STOP
    with guest(body, script) as watched:
        maker = FrameMaker(watched.machine, watched.host)
        began = watched.machine.ticks
        watched.run()
        printed = watched.machine.core.take_printed()[1]
        first, second = maker.make(), maker.make()
        watched.host.clear_aggregates()
        third = maker.make()
    rows = [one.aggregates[READS_ID] for one in (first, second, third)]
    earlier, later = [part.ticks for part in printed if not part.is_aggregate][-2:]
    assert [(one.since, one.until) for one in rows] == [(earlier, later), (later, first.tsc), (first.tsc, first.tsc)]
    assert [one.began for one in (first, second)] == [0, first.tsc]
    assert began <= first.scripts[0].loaded <= earlier < later


def test_text_is_of_one_frame_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_maker, "LOG_CHARACTERS", 10)
    with guest(STOP) as watched:
        maker = FrameMaker(watched.machine, watched.host)
        maker.printed(b"0123456", [PrintedPart(7, 0, 0, 0, 0)])
        maker.printed(b"789abc", [PrintedPart(6, 0, 0, 0, 0)])
        first, second = maker.make(), maker.make()
    assert (first.log, first.log_dropped, second.log, second.log_dropped) == ("0123456789", 3, "", 3)


def test_errors_in_too_many_places_are_counted() -> None:
    cases = " ".join(f"((== n {number}) (/ 1 zero))" for number in range(1, 71))
    script = f"(definteger n) (definteger zero) (vprobe In (setint n (+ n 1)) (cond {cases}))"
    with guest("    inb $0x60, %al\n" * 70 + STOP, script) as watched:
        maker = FrameMaker(watched.machine, watched.host)
        watched.run()
        frame = maker.make()
    assert len(frame.errors) == 64
    assert frame.scripts[0].errors_lost == 6


def test_the_log_says_which_probe_printed_its_parts() -> None:
    script = (
        '(defaggr a 0 0) (vprobe In (printf "in\\n"))'
        '(vprobe Out (printf "out\\n") (aggr a () () 1) (logaggr a) (clearaggr a))'
    )
    with guest("    inb $0x60, %al\n    outb %al, $0x80\n" + STOP, script) as watched:
        maker = FrameMaker(watched.machine, watched.host)
        watched.run()
        maker.printed(*watched.machine.core.take_printed())
        frame = maker.make()
    rows = "aggr: a (0 integer keys) (0 string keys)\n  a[] == avg 1 count 1 min 1 max 1 latest 1\n"
    assert frame.log.endswith("in\nout\n" + rows)
    assert sum(part.size for part in frame.log_parts) == len(frame.log)
    last = frame.log_parts[-3:]
    found = [(part.size, part.vcpu, part.script, part.probe, part.number, part.is_aggregate) for part in last]
    assert found == [
        (3, 0, "script.vp", "In", 0, False),
        (4, 0, "script.vp", "Out", 1, False),
        (len(rows), 0, "script.vp", "Out", 1, True),
    ]
    first, second, third = (part.guest_seconds for part in last)
    assert 0 <= first <= second == third <= frame.guest_seconds
