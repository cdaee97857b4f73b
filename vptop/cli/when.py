# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop when`: the moments at which a VP expression held."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from engine import ScriptRefused, VirtualMachine
from engine.vm import running
from engine.vm.client import VmClient
from engine.vm.diagnostics import diagnostics_of
from engine.vm.options import PowerOn
from engine.vm.past import conditions
from engine.vm.past.keeper import PastError
from engine.vm.past.messages import Moment, Moments
from engine.vm.past.past import check_condition
from engine.vm.protocol import Reply
from vptop.cli import console

OK, NEVER, REFUSED = 0, 1, 2


def when(condition: str, at: str, power: PowerOn, vmx: Path | None, *, seconds: float, as_json: bool) -> int:
    """Search the past of a VM that runs, else a machine that is powered on for this.

    Args:
        condition: the VP expression.
        at: probe point at which it is evaluated; empty: every guest millisecond.
        power: the machine that is powered on.
        vmx: file of the VM.
        seconds: guest seconds that the machine runs.
        as_json: print each moment as a line of JSON.

    Returns:
        The exit status: 0 when the condition held, 1 when it never did, 2 when it cannot be evaluated.

    Raises:
        PastError: the VM keeps no past.
    """
    attached = vmx is not None and running.is_running(vmx)
    try:
        found, hz = _of_vm(condition, at, vmx) if attached and vmx else _of_run(condition, at, power, seconds)
    except ScriptRefused as refusal:
        console.show_diagnostics(refusal.diagnostics)
        if not refusal.diagnostics:
            console.complain(refusal.message)
        return REFUSED
    for line in _lines(found, hz, as_json=as_json):
        sys.stdout.write(line + "\n")
    if found.more:
        console.complain(f"{found.more} further moments are not listed")
    return OK if found.moments else NEVER


def _of_vm(condition: str, at: str, vmx: Path) -> tuple[Moments, int]:
    with VmClient(running.socket_of(vmx), lambda _: None) as client:
        reply = client.when(condition, at).reply.result()
        if isinstance(reply.past, Moments):
            return reply.past, client.hello.tsc_hz
        raise _refusal(reply)


def _refusal(reply: Reply) -> ScriptRefused | PastError:
    if reply.diagnostics:
        return ScriptRefused(reply.message, diagnostics_of(reply.diagnostics))
    return PastError(reply.message)


def _of_run(condition: str, at: str, power: PowerOn, seconds: float) -> tuple[Moments, int]:
    found = conditions.Found()
    with VirtualMachine.power_on(power, found) as vm:
        check_condition(vm, condition, at)
        vm.load(conditions.script_of(condition, at), conditions.NAME)
        begin = vm.seconds
        vm.run(seconds)
        return Moments(tuple(found.moments), begin, vm.seconds, found.more), vm.tsc_hz


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
