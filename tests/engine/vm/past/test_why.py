# SPDX-License-Identifier: GPL-2.0-or-later
"""From a row to the firing that made it."""

from __future__ import annotations

import os
from contextlib import closing

import pytest

from engine import VirtualMachine
from engine.vm.past import checkpoint
from engine.vm.past.checkpoint import scout
from engine.vm.past.keeper import PastError
from engine.vm.past.messages import Progress, Why
from engine.vm.past.past import wake
from engine.vm.past.task import answers
from engine.vm.past.why import origin_of
from engine.vm.past.wire import Wire
from tests.engine.vm.past.history import HZ

LATENCY = """(definteger begun)
(defaggr latency 1 0)
(vprobe Disk_IOStart (setint begun TSC))
(vprobe Disk_IOFinish (cond (begun (do (aggr latency (ARG0) () (/ (- TSC begun) 1000)) (setint begun 0)))))
"""
LINES = LATENCY.replace("(aggr latency", '(printf "%d %d\\n" begun (/ (- TSC begun) 1000)) (aggr latency')
CLEARED = LATENCY + "(vprobe VMM1Hz (logaggr latency) (clearaggr latency))"
FAULTS = "(defaggr faults 0 1)\n(vprobe Guest_PF (aggr faults () ((curprocname)) 1))"


@pytest.mark.parametrize("script", [LATENCY, CLEARED])
def test_a_slow_disk_request_leads_to_its_start(kept: VirtualMachine, script: str) -> None:
    past = kept.past(4, until=9)
    requests = [tuple(map(int, line.split())) for line in past.load(LINES).log.splitlines()]
    begun, slowest = max(requests, key=lambda request: request[1])
    (row,) = past.load(LATENCY).aggregates["latency"]
    origin = past.why(script, "latency", row.integers, ticks=HZ // 1_000_000)
    assert origin.value == slowest == row.max
    assert origin.start == pytest.approx(begun, abs=5000)
    assert [(probe.name, probe.line) for probe in origin.probes] == [("Disk_IOFinish", 4)]
    with kept.past().at_tick(origin.start) as moment:
        assert moment.view.process


BUCKETS = """(definteger begun)
(defaggr latency 1 0)
(defbag started 100)
(vprobe Disk_IOStart (baginsert started ARG4 TSC))
(vprobe Disk_IOFinish (setint begun (bagremove started ARG4))
  (cond (begun (aggr latency ((/ (- TSC begun) 4000000)) () 1))))
"""
ISSUED = '(vprobe Disk_IOStart (printf "%d %d\\n" TSC (curpid)))'


def test_a_bucket_leads_to_the_very_start_of_a_request_in_it(kept: VirtualMachine) -> None:
    past = kept.past(1, until=9)
    issued = {int(tick): int(pid) for tick, pid in map(str.split, past.load(ISSUED).log.splitlines())}
    row = max(past.load(BUCKETS).aggregates["latency"], key=lambda row: row.integers)
    origin = past.why(BUCKETS, "latency", row.integers)
    assert 0 <= origin.tick - origin.start - row.integers[0] * 4_000_000 + 100_000 < 4_100_000
    with kept.past().at_tick(origin.start) as moment:
        assert moment.view.pid == issued[origin.start]


def test_a_page_fault_leads_to_its_process(kept: VirtualMachine) -> None:
    past = kept.past(3, until=9)
    row = next(iter(past.load(FAULTS).aggregates["faults"]))
    origin = past.why(FAULTS, "faults", strings=row.strings)
    assert (origin.value, origin.start) == (1, origin.tick)
    assert [(probe.name, probe.line) for probe in origin.probes] == [("Guest_PF", 2)]
    with kept.past().at_tick(origin.tick) as moment:
        assert moment.view.block == origin.block
        assert moment.view.process == row.strings[0]


def test_a_row_that_was_never_there_is_an_error(kept: VirtualMachine) -> None:
    with pytest.raises(PastError, match="faults has no such row"):
        kept.past(1).why(FAULTS, "faults", strings=("nobody",))
    with pytest.raises(PastError, match="nothing has no such row"):
        kept.past(1).why(FAULTS, "nothing")


def test_only_what_came_since_a_moment_is_looked_at(kept: VirtualMachine) -> None:
    past = kept.past(4, until=9)
    requests = [tuple(map(int, line.split())) for line in past.load(LINES).log.splitlines()]
    slowest = {begun: value for begun, value in requests if begun + 1000 * value > 7 * HZ}
    (row,) = past.load(LATENCY).aggregates["latency"]
    origin = past.why(LATENCY, "latency", row.integers, ticks=HZ // 1_000_000, since=7.0)
    assert origin.value == max(slowest.values())
    assert origin.tick > 7 * HZ
    with pytest.raises(PastError, match="begins at 0 s, after 0"):
        kept.past(1, until=0).why(LATENCY, "latency")


def test_a_line_leads_to_the_firing_that_printed_it(kept: VirtualMachine) -> None:
    source = '(vprobe VMM10Hz\n (printf "%d\\n" (/ TSC 1000000000)))\n(vprobe Guest_PF (printf "at %d\\n" TSC))'
    past = kept.past(4, until=9)
    lines = past.load(source).log.splitlines()
    fault = [line for line in lines if line.startswith("at ")][5]
    origin = past.why_printed(source, fault)
    assert [(probe.name, probe.line) for probe in origin.probes] == [("Guest_PF", 3)]
    assert origin.tick <= int(fault.split()[1]) < origin.tick + 5000
    third = past.why_printed(source, "7", 3, since=6.5)
    assert (third.value, [(probe.name, probe.line) for probe in third.probes]) == (3, [("VMM10Hz", 1)])
    assert 7.1 * HZ < third.tick < 7.3 * HZ
    with pytest.raises(PastError, match="did not print that line"):
        past.why_printed(source, "nothing of the kind")


def test_only_the_process_that_was_asked_looks_whether_the_answer_is_wanted(
    kept: VirtualMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its copies have closed its connection, and may use the number of that descriptor for another."""
    monkeypatch.setattr(checkpoint, "WATCH", 0.0)  # as if every answer took long
    looks: list[int] = []

    def reached(_: int) -> None:
        looks.append(os.getpid())
        assert os.getpid() == looks[0]

    def measure() -> bytes:
        kept.run_again(())
        kept.load(FAULTS, "script.vp")
        question = Why(1, "script.vp", FAULTS, "faults", strings=("cc1",))
        origin = origin_of(kept, question, kept.ticks + HZ, reached)
        return f"{origin.value} {set(looks) == {os.getpid()}}".encode()

    assert scout(measure).split()[1] == b"True"


def test_the_way_to_the_interval_is_told_too(kept: VirtualMachine) -> None:
    """From the checkpoint to where the script is loaded, and from there to where rows count."""
    question = Why(1, "script.vp", FAULTS, "faults", strings=("cc1",), since=8.2)
    with closing(Wire(wake(kept.keep_past(), question, 7 * HZ, 9 * HZ), answers)) as wire:
        told = [event for event in wire.messages() if isinstance(event, Progress)]
    assert {(event.begin, event.until) for event in told} == {(7, 9)}
    reached = [event.at for event in told]
    assert reached == sorted(reached)
    assert all(any(begin < at < begin + 0.11 for at in reached) for begin in (6, 6.4, 6.8, 7.2, 7.6, 8, 8.4))
    assert (told[0].in_words()[:11], told[-1].in_words()[-8:]) == ("going back,", "of 2.0 s")
