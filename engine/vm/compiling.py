# SPDX-License-Identifier: GPL-2.0-or-later
"""Compiles a script on a thread of its own, so that the guest runs meanwhile."""

from __future__ import annotations

import selectors
import socket
import sys
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread

from engine.probes.compiled_script import CompiledScript, CompileJob

SWITCH_SECONDS = 0.00005
"""How long a device of the guest waits, about, until the compiler releases the interpreter lock."""

Done = Callable[[Future[CompiledScript]], object]


class CompilerThread:
    """Compiles one script at a time and hands the result over in the loop of a selector.

    Between two scripts there is no thread, so that few copies of the process are forked while there is one.
    """

    def __init__(self, selector: selectors.BaseSelector) -> None:
        """`selector` is that of the loop."""
        self._selector = selector
        self._ours, self._theirs = socket.socketpair()
        self._thread: Thread | None = None
        self._finished: Callable[[], object] = lambda: None
        selector.register(self._ours, selectors.EVENT_READ, lambda _: self._finish())

    @property
    def is_busy(self) -> bool:
        """A script is being compiled."""
        return self._thread is not None

    def start(self, job: CompileJob, done: Done) -> None:
        """Compile; `done` is called with the finished future when the loop comes to it. Not while `is_busy`."""
        sys.setswitchinterval(SWITCH_SECONDS)
        future: Future[CompiledScript] = Future()
        self._finished = lambda: done(future)
        self._thread = Thread(target=self._compile, args=(job, future), name="compiler", daemon=True)
        self._thread.start()

    def _compile(self, job: CompileJob, future: Future[CompiledScript]) -> None:
        try:
            future.set_result(job.compile())
        except BaseException as error:  # noqa: BLE001 - whoever asks the future for its result gets it
            future.set_exception(error)
        self._theirs.send(b"\0")

    def _finish(self) -> None:
        self._ours.recv(1)
        self._join()
        self._finished()

    def _join(self) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def close(self) -> None:
        """Wait until a script that is being compiled is done; its result is dropped."""
        self._join()
        self._ours.close()
        self._theirs.close()
