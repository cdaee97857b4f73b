# SPDX-License-Identifier: GPL-2.0-or-later
"""Questions over the control socket."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from engine.vm.client import Question, VmClient, VmProcess
from engine.vm.options import PowerOn
from engine.vm.past.messages import AskedFrame, Memory, Moments, Origin, PastKept, Progress, View, Why
from engine.vm.past.relay import MOST_QUESTIONS
from tests.engine.vm.process_client import COUNT, LIMIT, Events, await_end, copies, ok

SLOW = '(vprobe USEC:10 (printf "%d\\n" TSC))'


@pytest.fixture(scope="module")
def heard() -> Events:
    return Events()


@pytest.fixture(scope="module")
def process() -> Iterator[VmProcess]:
    process = VmProcess.start(power=PowerOn(seed=5, past_every=2), paced=False)
    yield process
    process.stop()


@pytest.fixture(scope="module")
def client(process: VmProcess, heard: Events) -> Iterator[VmClient]:
    """Of a VM process that is paused after eight guest seconds."""
    with process.connect(heard) as client:
        heard.frame(lambda frame: frame.guest_seconds >= 8)
        ok(client.pause().result(LIMIT))
        yield client


def test_what_is_kept_is_sent(client: VmClient, heard: Events) -> None:
    assert client.hello.tsc_hz > 0
    kept = heard.wait(PastKept, lambda kept: len(kept.moments) >= 4)
    assert [round(moment) for moment in kept.moments[:4]] == [0, 2, 4, 6]
    assert kept.failure == ""
    assert 0 <= kept.bytes < kept.limit == 512 << 20


def test_a_question_sends_frames_and_progress_then_its_reply(client: VmClient, heard: Events) -> None:
    question = client.ask("count.vp", COUNT, begin=2.5, until=6)
    reply = ok(question.reply.result(LIMIT))
    assert reply.message == "asked count.vp from 2.5 to 6 s"
    frames = [e.frame for e in heard.heard if isinstance(e, AskedFrame) and e.question == question.id]
    assert [round(frame.guest_seconds) for frame in frames] == [3, 4, 5, 6]
    assert frames[-1].scripts[0].probes[0].hits > 0
    last = [e for e in heard.heard if isinstance(e, Progress) and e.question == question.id][-1]
    assert (last.begin, last.until, round(last.at, 3)) == (2.5, 6, 6)


def test_a_script_that_does_not_compile_is_refused_with_its_place(client: VmClient) -> None:
    reply = client.ask("bad.vp", "(vprobe Guest_IRK 1)").reply.result(LIMIT)
    assert not reply.ok
    assert [(place.file, place.line) for place in reply.diagnostics] == [("bad.vp", 1)]


@pytest.mark.parametrize(("begin", "until"), [(3, 2), (2, 999)])
def test_a_span_that_is_none_is_refused(client: VmClient, begin: float, until: float) -> None:
    reply = client.ask("count.vp", COUNT, begin, until).reply.result(LIMIT)
    assert not reply.ok
    assert "expected a begin before the end" in reply.message


def test_moments_of_a_condition_are_found(client: VmClient, heard: Events) -> None:
    question = client.when("(== ARG0 46)", "Guest_IRQ")
    reply = ok(question.reply.result(LIMIT))
    assert isinstance(reply.past, Moments)
    assert reply.message.startswith(f"it held {len(reply.past.moments)} times, first at ")
    told = [event.found for event in heard.heard if isinstance(event, Progress) and event.question == question.id]
    assert [moment for found in told for moment in found] == [*reply.past.moments]
    assert len([found for found in told if found]) > 2  # as they were found
    refused = client.when("(== ARG0)").reply.result(LIMIT)
    assert refused.diagnostics[0].file == "condition"


def test_a_row_leads_to_the_firing_that_made_it(client: VmClient) -> None:
    origin = ok(client.why(Why(0, "count.vp", COUNT, "irqs", (32,), begin=2, until=4)).reply.result(LIMIT)).past
    assert isinstance(origin, Origin)
    assert origin.value == 1
    assert [(probe.name, probe.line) for probe in origin.probes] == [("Guest_IRQ", 2)]
    assert not client.why(Why(0, "count.vp", COUNT, "irqs", (999,), begin=2, until=4)).reply.result(LIMIT).ok


def test_a_visit_is_stepped_and_read_until_it_is_cancelled(client: VmClient) -> None:
    visit = client.visit(5 * client.hello.tsc_hz)
    view = _view(visit)
    later = ok(client.step(visit, "block").reply.result(LIMIT)).past
    assert isinstance(later, View)
    assert later.block == view.block + 1
    memory = ok(client.read_memory(visit, view.frame.vcpus[0].rip, 16).result(LIMIT)).past
    assert isinstance(memory, Memory)
    assert len(memory.data) == 16
    ok(client.cancel(visit).result(LIMIT))
    assert not client.step(visit, "block").reply.result(LIMIT).ok


def test_a_visit_goes_on_with_an_earlier_checkpoint_also_with_what_was_asked_meanwhile(
    client: VmClient, heard: Events
) -> None:
    second = heard.wait(PastKept, lambda kept: len(kept.moments) >= 4).moments[3]
    visit = client.visit(round(second * client.hello.tsc_hz))
    view = _view(visit)
    back = client.step(visit, "block", backward=True)
    read = client.read_memory(visit, view.frame.vcpus[0].rip, 16)
    again = client.step(visit, "block")
    before, after = ok(back.reply.result(LIMIT)).past, ok(again.reply.result(LIMIT)).past
    assert isinstance(before, View)
    assert isinstance(after, View)
    assert after.block == before.block + 1
    assert before.tick < view.tick <= after.tick
    assert before.since < view.since
    assert isinstance(ok(read.result(LIMIT)).past, Memory)
    ok(client.cancel(visit).result(LIMIT))


def test_a_step_is_cancelled_and_the_visit_stays_where_it_was(client: VmClient) -> None:
    visit = client.visit(7 * client.hello.tsc_hz, "never.vp", "(vprobe GUEST:0x1 1)")
    view = _view(visit)
    for backward in (False, True):
        long = client.step(visit, "firing", backward=backward)
        after = client.step(visit, "block")
        ok(client.cancel(long).result(LIMIT))
        reply = long.reply.result(LIMIT)
        assert (reply.ok, reply.message, reply.past) == (False, "cancelled", None)
        there = ok(after.reply.result(LIMIT)).past
        assert isinstance(there, View)
        assert there.block == view.block + 1
        back = ok(client.step(visit, "block", backward=True).reply.result(LIMIT)).past
        assert isinstance(back, View)
        assert back.block == view.block
    ok(client.cancel(visit).result(LIMIT))


def test_the_budget_is_set_and_sent(client: VmClient, heard: Events) -> None:
    reply = ok(client.keep(700).result(LIMIT))
    assert reply.message.startswith("the past may take 700 MiB; it has ")
    assert heard.wait(PastKept, lambda kept: kept.limit == 700 << 20).moments
    refused = client.keep(0).result(LIMIT)
    assert (refused.ok, refused.message.splitlines()[0]) == (False, "0 MiB for the past: expected 1 to 1048576")


def _view(visit: Question) -> View:
    view = ok(visit.reply.result(LIMIT)).past
    assert isinstance(view, View)
    return view


def test_a_question_is_cancelled(client: VmClient) -> None:
    question = client.ask("slow.vp", SLOW)
    ok(client.cancel(question).result(LIMIT))
    reply = question.reply.result(LIMIT)
    assert (reply.ok, reply.message) == (False, "cancelled")


def test_a_visit_whose_processes_were_stopped_ends(client: VmClient, process: VmProcess) -> None:
    before = copies(process.pid)
    visit = client.visit(4 * client.hello.tsc_hz)
    _view(visit)
    stopped = copies(process.pid) - before
    assert stopped
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    ok(client.cancel(visit).result(LIMIT))
    for pid in stopped:
        await_end(pid)


def test_questions_are_limited(client: VmClient) -> None:
    visits = [client.visit(4 * client.hello.tsc_hz) for _ in range(MOST_QUESTIONS)]
    refused = client.ask("count.vp", COUNT).reply.result(LIMIT)
    assert refused.message.startswith(f"{MOST_QUESTIONS} questions about the past are open")
    for visit in visits:
        _view(visit)
        ok(client.cancel(visit).result(LIMIT))


def test_answers_larger_than_a_socket_holds_arrive_in_order(client: VmClient, heard: Events) -> None:
    question = client.ask("slow.vp", SLOW, begin=3, until=6)
    ok(question.reply.result(LIMIT))
    log = "".join(e.frame.log for e in heard.heard if isinstance(e, AskedFrame) and e.question == question.id)
    ticks = [int(line) for line in log.split()]
    assert len(ticks) == pytest.approx(300_000, rel=0.01)
    assert ticks == sorted(ticks)


def test_a_process_that_keeps_no_past_says_so() -> None:
    heard = Events()
    process = VmProcess.start(power=PowerOn(past_seconds=0), paced=False, paused=True)
    with process.connect(heard) as client:
        assert heard.wait(PastKept).failure == "no past is kept: the setting vptop.past.seconds is 0"
        assert not client.ask("count.vp", COUNT).reply.result(LIMIT).ok
    process.stop()
