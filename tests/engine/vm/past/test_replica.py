# SPDX-License-Identifier: GPL-2.0-or-later
"""What is found afterwards is what would have been found at the time."""

from __future__ import annotations

import os
import random
import re
import socket
from collections.abc import Callable
from typing import cast

import pytest

from engine import VirtualMachine
from engine.errors import VptopError
from engine.probes.frame import Frame
from engine.vm.options import PowerOn
from engine.vm.past.checkpoint import scout
from engine.vm.past.messages import Ask, Question, Visit, When, Why
from engine.vm.past.priority import NICENESS
from engine.vm.past.replica import serve
from engine.vm.past.task import Task
from engine.vm.protocol import encode
from engine.vm.session import GuestSession
from engine.vp.tables import probes
from tests.engine.vm.past.history import EVENT_KINDS, EVENTS, HZ, OTHERS, SECONDS, SEED, TIMERS, live

MOMENTS = 20
_SPAN = 0.45
_RANDOM = random.Random(7)
_GAPS = sorted(_RANDOM.uniform(0.2, SECONDS - 0.1 - MOMENTS * (_SPAN + 0.001)) for _ in range(MOMENTS))
_MOMENTS = [round(gap + number * (_SPAN + 0.001), 3) for number, gap in enumerate(_GAPS)]
"""Any, but for the span that is asked after each"""


def _machine(output: Callable[[bytes], object] | None = None) -> VirtualMachine:
    return VirtualMachine.power_on(PowerOn(seed=SEED), output)


@pytest.fixture(scope="module")
def printed() -> str:
    """What a live run prints with the script from the start."""
    out: list[bytes] = []
    with _machine(out.append) as vm:
        vm.load(EVENTS)
        live(vm)
    return b"".join(out).decode()


@pytest.fixture(scope="module")
def loaded() -> dict[float, list[Frame]]:
    """What a live run finds that loads the other script at each moment."""
    found = {}
    with _machine() as vm:
        for moment in _MOMENTS:
            live(vm, moment)
            vm.frame()
            vm.load(OTHERS)
            frames = live(vm, moment + _SPAN)
            found[moment] = frames if frames and frames[-1].tsc == vm.ticks else [*frames, vm.frame()]
            vm.reset()
    return found


def _tenths(text: str, begin: float, end: float) -> str:
    """What was printed in the whole tenths of a second between two moments."""
    marks = [(mark.end(), int(mark[1])) for mark in re.finditer(r"^at (\d+)\n", text, re.MULTILINE)]
    inside = [place for place, tick in marks if begin * HZ <= tick <= end * HZ]
    return text[inside[0] : inside[-1]]


@pytest.mark.parametrize("moment", _MOMENTS)
def test_events_are_those_of_a_live_run_with_the_script_from_the_start(
    kept: VirtualMachine, printed: str, moment: float
) -> None:
    # A function may return, or a CPU resume from a HLT, that was entered before the script was there: such a firing is
    # missing, as it is when a live machine loads the script. So it is loaded some tenths before what is compared.
    asked = kept.past(_SPAN + 0.1, until=moment + _SPAN).load(EVENTS)
    found = _tenths(asked.log, moment, moment + _SPAN)
    assert found.count("[") > 50
    assert found == _tenths(printed, moment, moment + _SPAN)


@pytest.mark.parametrize("moment", _MOMENTS)
def test_frames_are_those_of_a_live_run_that_loads_the_script_at_that_moment(
    kept: VirtualMachine, loaded: dict[float, list[Frame]], moment: float
) -> None:
    asked = kept.past(_SPAN, until=moment + _SPAN).load(OTHERS)
    frames = loaded[moment]
    assert asked.log == "".join(frame.log for frame in frames)
    assert "loaded " in asked.log
    assert _numbers(asked.log) >= {*TIMERS}
    last, found = frames[-1], asked.frames[-1]
    assert (found.tsc, found.blocks, found.interrupts) == (last.tsc, last.blocks, last.interrupts)
    assert found.aggregates == last.aggregates
    assert [probe.hits for probe in found.scripts[0].probes] == [probe.hits for probe in last.scripts[0].probes]
    assert found.asked
    assert not last.asked


def _numbers(log: str) -> set[int]:
    """Which probes fired, by the first key of the rows."""
    return {int(number, 16) for number in re.findall(r"^  found\[0x(\w+),", log, re.MULTILINE)}


def test_every_kind_of_probe_is_asked(printed: str) -> None:
    asked = {probes.canonical_name(name) for name in re.findall(r"\(vprobe (\S+)", EVENTS + OTHERS)}
    kinds = {next((row.name for row in probes.DYNAMIC if name.startswith(row.name + ":")), name) for name in asked}
    assert kinds == set(probes.POINTS)
    fired = {number for moment in _MOMENTS for number in _numbers(_tenths(printed, moment, moment + _SPAN))}
    assert fired == {*range(EVENT_KINDS)}


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
        (Why(1, "a.vp", "", "rows"), 0),  # a person waits for these
        (Visit(1, 0), 0),
    ],
)
def test_questions_over_many_seconds_have_a_low_priority(question: Question, added: int) -> None:
    def measure() -> bytes:
        ours, theirs = socket.socketpair()
        ours.sendall(encode(Task(question, (), 0, HZ)))
        serve(cast("GuestSession", _Refusing()), theirs)
        return b"%d" % os.nice(0)

    assert int(scout(measure)) == os.nice(0) + added
