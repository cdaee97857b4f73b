# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs each test kernel in a process of its own, so that nothing a kernel does ends the run of a suite."""

from __future__ import annotations

import contextlib
import signal
from multiprocessing import get_context
from multiprocessing.connection import Connection

from engine.errors import VptopError
from engine.vm.conformance.report import Report, Result
from engine.vm.conformance.runner import Case, run


def run_isolated(test: Case, seconds: float) -> Result:
    """As `run`; a process that crashes fails the test."""
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(sender, test, seconds), daemon=True)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # the child inherits it; Ctrl+C is for us alone
    child.start()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    sender.close()
    try:
        answer = receiver.recv()
    except EOFError:
        child.join()
        answer = Report().result(None, 0.0, _ended(child.exitcode))
    finally:
        child.terminate()
        child.join()
        receiver.close()
    if isinstance(answer, Result):
        return answer
    raise answer


def _child(sender: Connection, test: Case, seconds: float) -> None:
    """Send the result, or the error that is one of the person."""
    answer: Result | VptopError
    try:
        answer = run(test, seconds)
    except VptopError as error:
        answer = error
    with contextlib.suppress(BrokenPipeError):
        sender.send(answer)


def _ended(status: int | None) -> str:
    """How a process ended that gave no result."""
    if status is not None and status < 0:
        with contextlib.suppress(ValueError):
            return f"the emulator's process was ended by {signal.Signals(-status).name}"
    return f"the emulator's process ended with status {status}"
