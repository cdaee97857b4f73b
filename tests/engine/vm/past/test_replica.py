# SPDX-License-Identifier: GPL-2.0-or-later
"""What is found afterwards is what would have been found at the time."""

from __future__ import annotations

import os
import random
import re
import socket
from typing import cast

import pytest

from engine import VirtualMachine
from engine.errors import VptopError
from engine.vm.options import PowerOn
from engine.vm.past.checkpoint import scout
from engine.vm.past.messages import Ask, Question, Visit, When, Why
from engine.vm.past.priority import NICENESS
from engine.vm.past.replica import serve
from engine.vm.past.task import Task
from engine.vm.protocol import encode
from engine.vm.session import GuestSession
from engine.vp.tables import probes
from tests.engine.vm.past.history import EVENTS, HZ, OTHERS, SECONDS, SEED, TYPED, live, run_to

_RANDOM = random.Random(7)
_MOMENTS = sorted(round(_RANDOM.uniform(0.2, SECONDS - 0.6), 3) for _ in range(20))
_SPAN = 0.45


@pytest.fixture(scope="module")
def printed() -> str:
    """What a live run prints with the script from the start."""
    out: list[bytes] = []
    with VirtualMachine.power_on(PowerOn(seed=SEED), out.append) as vm:
        vm.load(EVENTS)
        live(vm)
    return b"".join(out).decode()


@pytest.mark.parametrize("moment", _MOMENTS)
def test_events_are_those_of_a_live_run_with_the_script_from_the_start(
    kept: VirtualMachine, printed: str, moment: float
) -> None:
    lines = kept.past(_SPAN + 0.1, until=moment + _SPAN).load(EVENTS).log.splitlines(keepends=True)
    marks = [index for index, line in enumerate(lines) if line.startswith("at ")]
    assert len(marks) >= 5
    # The first tenth of a second is not whole. In the next, a CPU may resume from a HLT that began before the script
    # was there, and a function may return: such a firing is missing, as it is when a live machine loads the script.
    found = "".join(lines[marks[1] : marks[-1] + 1])
    assert found.count("[") > 50
    assert found in printed


def test_every_kind_of_probe_is_asked() -> None:
    asked = {probes.canonical_name(name) for name in re.findall(r"\(vprobe (\S+)", EVENTS + OTHERS)}
    kinds = {next((row.name for row in probes.DYNAMIC if name.startswith(row.name + ":")), name) for name in asked}
    assert kinds == set(probes.POINTS)


def test_frames_are_those_of_a_live_run_that_loads_the_script_at_that_moment(kept: VirtualMachine) -> None:
    moments = [3.1, 3.95, 6.7, 9.0]
    typed = dict(TYPED)
    with VirtualMachine.power_on(PowerOn(seed=SEED)) as vm:
        for moment, script in zip(moments, [EVENTS, OTHERS, EVENTS, OTHERS], strict=True):
            asked = kept.past(_SPAN, until=moment + _SPAN).load(script)
            run_to(vm, moment)
            vm.frame()
            vm.load(script)
            frames = []
            while vm.ticks < round((moment + _SPAN) * HZ):
                due = [second for second in sorted(typed) if vm.seconds < second < moment + _SPAN]
                until = due[0] if due else moment + _SPAN
                whole = vm.ticks // HZ + 1
                frame = vm.advance(min(until, whole) - vm.seconds)
                frames += [frame] if frame is not None else []
                if due and vm.ticks >= round(due[0] * HZ):
                    vm.type(typed.pop(due[0]))
            if not frames or frames[-1].tsc != vm.ticks:
                frames.append(vm.frame())
            assert "".join(frame.log for frame in frames) == asked.log
            assert ("loaded " in asked.log) == (script is OTHERS)
            last, found = frames[-1], asked.frames[-1]
            assert (found.tsc, found.blocks, found.interrupts) == (last.tsc, last.blocks, last.interrupts)
            assert found.aggregates == last.aggregates
            assert [probe.hits for probe in found.scripts[0].probes] == [p.hits for p in last.scripts[0].probes]
            assert found.asked
            assert not last.asked
            vm.reset()


class _Refusing:
    """A machine that cannot run."""

    tsc_hz = HZ
    ticks = 0

    def run_again(self, *_: object) -> None:
        raise VptopError("refused")


@pytest.mark.parametrize(
    ("question", "added"),
    [
        (Ask(1, "a.vp", ""), NICENESS),
        (When(1, "1"), NICENESS),
        (Why(1, "a.vp", "", "rows"), NICENESS),
        (Visit(1, 0), 0),  # a person waits for it
    ],
)
def test_questions_over_many_seconds_have_a_low_priority(question: Question, added: int) -> None:
    def measure() -> bytes:
        ours, theirs = socket.socketpair()
        ours.sendall(encode(Task(question, (), 0, HZ)))
        serve(cast("GuestSession", _Refusing()), theirs)
        return b"%d" % os.nice(0)

    assert int(scout(measure)) == os.nice(0) + added
