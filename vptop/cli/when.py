# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop when`: the moments at which a VP expression held."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path

from engine import ScriptRefused, VirtualMachine
from engine.vm import running
from engine.vm.client import Gone, VmClient
from engine.vm.diagnostics import diagnostics_of
from engine.vm.options import PowerOn
from engine.vm.past import conditions
from engine.vm.past.keeper import PastError
from engine.vm.past.messages import Moment, Moments, Progress
from engine.vm.past.past import check_condition
from engine.vm.protocol import Event, Reply
from vptop.cli import console, interrupts
from vptop.cli.progress import ProgressLine, progress_line

OK, NEVER, REFUSED, INTERRUPTED = 0, 1, 2, 130
SECONDS = 60.0
"""Guest seconds that are searched where nobody says how many."""
LOOK = 0.1
"""Seconds between two looks whether a search has been interrupted."""
Interrupted = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Searched:
    """What was found, and in which seconds."""

    found: Moments
    hz: int
    interrupted: bool = False
    """by Ctrl+C, before the end"""


def when(condition: str, at: str, power: PowerOn, vmx: Path | None, *, seconds: float | None, as_json: bool) -> int:
    """Search the past of a VM that runs, else a machine that is powered on for this.

    On a terminal, standard error shows how far it has come. Ctrl+C ends the search; what was found by then is printed.

    Args:
        condition: the VP expression.
        at: probe point at which it is evaluated; empty: every guest millisecond.
        power: the machine that is powered on.
        vmx: file of the VM.
        seconds: guest seconds that the machine runs; None: those of the recording that it repeats, else SECONDS.
        as_json: print each moment as a line of JSON.

    Returns:
        The exit status: 0 when the condition held, 1 when it never did, 2 when it cannot be evaluated, 130 when the
        search was interrupted.

    Raises:
        PastError: the VM keeps no past.
    """
    attached = vmx is not None and running.is_running(vmx)
    try:
        with interrupts.deferred() as interrupted, progress_line() as progress:
            if attached and vmx:
                searched = _of_vm(condition, at, vmx, interrupted, progress)
            else:
                searched = _of_run(condition, at, power, seconds, interrupted, progress)
    except ScriptRefused as refusal:
        console.show_diagnostics(refusal.diagnostics)
        if not refusal.diagnostics:
            console.complain(refusal.message)
        return REFUSED
    found = searched.found
    for line in _lines(found, searched.hz, as_json=as_json):
        sys.stdout.write(line + "\n")
    if found.more:
        console.complain(f"{found.more} further moments are not listed")
    if searched.interrupted:
        sys.stdout.flush()
        console.complain(f"interrupted: searched from {found.begin:.3f} to {found.until:.3f} s")
        return INTERRUPTED
    return OK if found.moments else NEVER


def _of_vm(condition: str, at: str, vmx: Path, interrupted: Interrupted, progress: ProgressLine) -> Searched:
    moments: list[Moment] = []
    reached = 0.0, 0.0

    def heard(event: Event | Gone) -> None:
        nonlocal reached
        if isinstance(event, Progress):
            moments.extend(event.found)
            reached = event.begin, max(event.begin, event.at)
            progress(_state(event, len(moments)))

    with VmClient(running.socket_of(vmx), heard) as client:
        question = client.when(condition, at)
        if not _wait(question.reply, interrupted):
            client.cancel(question).result()
            return Searched(Moments(tuple(moments), *reached), client.hello.tsc_hz, interrupted=True)
        reply = question.reply.result()
        if isinstance(reply.past, Moments):
            return Searched(reply.past, client.hello.tsc_hz)
        raise _refusal(reply)


def _wait(reply: Future[Reply], interrupted: Interrupted) -> bool:
    """Wait for a Reply; returns whether it came before an interrupt."""
    while not wait([reply], LOOK).done:
        if interrupted():
            return False
    return True


def _refusal(reply: Reply) -> ScriptRefused | PastError:
    if reply.diagnostics:
        return ScriptRefused(reply.message, diagnostics_of(reply.diagnostics))
    return PastError(reply.message)


def _of_run(
    condition: str, at: str, power: PowerOn, given: float | None, interrupted: Interrupted, progress: ProgressLine
) -> Searched:
    found = conditions.Found()
    with VirtualMachine.power_on(power, found) as vm:
        check_condition(vm, condition, at)
        vm.load(conditions.script_of(condition, at), conditions.NAME)
        begin = vm.seconds
        seconds = _seconds(vm) if given is None else given

        def stop() -> bool:
            progress(_state(Progress(0, vm.seconds, begin, begin + seconds), len(found.moments) + found.more))
            return interrupted()

        for _ in vm.frames(seconds, stop):
            pass
        return Searched(Moments(tuple(found.moments), begin, vm.seconds, found.more), vm.tsc_hz, interrupted())


def _seconds(vm: VirtualMachine) -> float:
    """How long to run where nobody says it."""
    return SECONDS if vm.recorded_until is None else (vm.recorded_until - vm.ticks) / vm.tsc_hz


def _state(progress: Progress, count: int) -> str:
    moments = f"{count} moment{'' if count == 1 else 's'}"
    return f"searching: {progress.in_words()}, {moments}; Ctrl+C ends the search"


def _lines(found: Moments, hz: int, *, as_json: bool) -> Iterator[str]:
    """The moments as text or JSON; in text with a line that says what was searched."""
    if not as_json:
        count = len(found.moments) + found.more
        times = "never" if not count else "once" if count == 1 else f"{count} times"
        yield f"held {times} from {found.begin:.3f} to {found.until:.3f} s"
    for moment in found.moments:
        yield _as_json(moment, hz) if as_json else _as_text(moment, hz)


def _as_text(moment: Moment, hz: int) -> str:
    length = f"  for {(moment.until - moment.tick) / hz:.6f} s" if moment.until else ""
    return f"{moment.tick / hz:16.9f} s  block {moment.block}{length}"


def _as_json(moment: Moment, hz: int) -> str:
    until = moment.until / hz if moment.until else None
    return json.dumps({"seconds": moment.tick / hz, "tick": moment.tick, "block": moment.block, "until_seconds": until})
