# SPDX-License-Identifier: GPL-2.0-or-later
"""Files are made in a copy of this process (fork(2)): it has all that is known at that moment, and takes no part of
the interpreter's time that the screen needs.

This process has other threads, and its copy does not. So the copy takes no lock that one of them may hold: it computes,
sends what it has made through a pipe, and ends without tidying up.
"""

from __future__ import annotations

import gc
import os
import signal
import warnings
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import NoReturn

from engine.errors import InputError
from vptop.export.parts import Parts
from vptop.model.failures import end_in_words, in_words

NICENESS = 5
"""Added to that of this process (nice(2)): the guest and the screen come first."""
_STREAMS = 3
"""Standard input, output and error: the descriptors before that one."""


class RenderingError(InputError):
    """A file could not be made. Tell the text, which says why."""


class Rendering:
    """A file that is made in a process of its own, from now on. Leaving the context ends that process.

    Args:
        render: makes the file, part by part.
    """

    def __init__(self, render: Callable[[], Parts]) -> None:
        self._pipe, theirs = Pipe(duplex=False)
        self._ending = Lock()
        self._status: int | None = None
        self._is_stopped = False
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that there are other threads; see above
            self.pid = os.fork()
        if self.pid == 0:
            _work(render, theirs)
        theirs.close()

    def __enter__(self) -> Rendering:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._wait()
        self._pipe.close()

    def parts(self) -> Parts:
        """The parts, each when it is made.

        Raises:
            RenderingError: the file could not be made, or the process was ended.
        """
        try:
            while part := self._pipe.recv_bytes():
                yield part
            trouble = self._pipe.recv_bytes().decode()
        except (EOFError, OSError):  # between two messages, or within one
            why = f"the process that made it ended: {end_in_words(os.waitstatus_to_exitcode(self._wait()))}"
            raise RenderingError("it was given up" if self._is_stopped else why) from None
        if trouble:
            raise RenderingError(trouble)

    def stop(self) -> None:
        """End the process, if it has not ended. Any thread may do so."""
        with self._ending:
            if self._status is None:
                self._is_stopped = True
                os.kill(self.pid, signal.SIGKILL)

    def _wait(self) -> int:
        """Wait until the process has ended. Returns its status."""
        with self._ending:
            if self._status is None:
                self._status = os.waitpid(self.pid, 0)[1]
            return self._status


def _work(render: Callable[[], Parts], pipe: Connection) -> NoReturn:
    """Send the parts, an empty message, and what went wrong. Never return to what this process is a copy of."""
    status = 1
    try:
        _part_from_parent(pipe.fileno())
        trouble = ""
        try:
            for part in filter(None, render()):
                pipe.send_bytes(part)
        except Exception as error:  # noqa: BLE001 - the other process tells it
            trouble = in_words(error)
        pipe.send_bytes(b"")
        pipe.send_bytes(trouble.encode())
        status = 0
    finally:
        os._exit(status)


def _part_from_parent(pipe: int) -> None:
    """Share neither files nor signals with the process that this is a copy of, and leave the terminal alone."""
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(_STREAMS):
        os.dup2(nothing, stream)
    for file in [int(one.name) for one in Path("/dev/fd").iterdir()]:
        if file >= _STREAMS and file != pipe:
            with suppress(OSError):  # the one that listed them
                os.close(file)
    os.nice(NICENESS)
    gc.disable()  # it writes to every object, so that their memory could not be shared
