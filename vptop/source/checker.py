# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks scripts in a process of its own, which takes no part of the interpreter's time that the screen needs.

The process is started with the first text that is checked, and anew after it has ended. It ends with this one, however
that ends: the pipe between the two is closed then.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import Pipe
from pathlib import Path

from vptop.model.failures import end_in_words
from vptop.source.checking import CheckRequest, Finding, Surroundings, TakeFinding

# The child finds this very program, also from a source tree, and never a directory of that name that happens to be the
# current one (-P).
_BOOTSTRAP = (
    "import sys; sys.path.append(sys.argv[1]); from vptop.source.check_worker import main; main(int(sys.argv[2]))"
)


LOOK = 1.0
"""Seconds without an answer after which the process is looked at."""
STOPPED = "the process that checks it was stopped, and was ended; the next change is checked by another one"


class Checker:
    """Checks one text at a time, the newest."""

    def __init__(self, surroundings: Callable[[], Surroundings]) -> None:
        """Begin without a process.

        Args:
            surroundings: gives what a script meets in the machine; asked for each text.
        """
        self._surroundings = surroundings
        self._changed = threading.Condition()
        self._number = 0
        self._newest: tuple[CheckRequest, TakeFinding] | None = None
        """a text that is to be sent"""
        self._take: TakeFinding | None = None
        """takes the answer that is awaited"""
        self._process: _Process | None = None
        self._closed = False
        self._sender: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """Id of the process; None while there is none."""
        with self._changed:
            return self._process.child.pid if self._process else None

    def check(self, name: str, source: str, take: TakeFinding) -> None:
        """Begin to check a text; of one that is not through, nothing more is told."""
        with self._changed:
            self._number += 1
            self._newest, self._take = (CheckRequest(self._number, name, source), take), None
            if self._sender is None:
                self._sender = threading.Thread(target=self._send, name="checker", daemon=True)
                self._sender.start()
            self._changed.notify()

    def close(self) -> None:
        """End the process. Nothing is told afterwards."""
        with self._changed:
            self._closed = True
            self._newest = self._take = None
            self._changed.notify()
            if self._process is not None:
                self._process.child.kill()

    def _send(self) -> None:
        """Send texts to the process, as one is there."""
        while True:
            with self._changed:
                while self._newest is None and not self._closed:
                    self._changed.wait()
                if self._newest is None:
                    return
                (request, self._take), self._newest = self._newest, None
            try:
                self._started().send(request, self._surroundings())
            except OSError as error:
                if not isinstance(error, BrokenPipeError):  # the thread that reads tells how the process ended
                    self._tell(request.number, Finding(trouble=f"cannot start a process: {error}", is_last=True))

    def _started(self) -> _Process:
        with self._changed:
            process = self._process
            if process is None and not self._closed:
                process = self._process = _Process()
                threading.Thread(target=self._read, args=(process,), name="checked", daemon=True).start()
        if process is None:
            raise BrokenPipeError
        return process

    def _read(self, process: _Process) -> None:
        stopped = False
        with suppress(EOFError, OSError):
            while not stopped:
                if process.pipe.poll(LOOK):
                    self._tell(*process.pipe.recv())
                else:
                    stopped = self._take is not None and process.is_stopped()
        why = process.end()
        with self._changed:
            self._process = None
            number = self._number
        trouble = STOPPED if stopped else f"the process that checks it ended: {why}"
        self._tell(number, Finding(trouble=trouble, is_last=True))

    def _tell(self, number: int, finding: Finding) -> None:
        with self._changed:
            take = self._take if number == self._number else None
            if finding.is_last and take is not None:
                self._take = None
        if take is not None:
            take(finding)


class _Process:
    """The child and the pipe to it."""

    def __init__(self) -> None:
        self.pipe, theirs = Pipe()
        self._told: Surroundings | None = None
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - `end` closes it
        try:
            self.child = subprocess.Popen(
                [sys.executable, "-P", "-c", _BOOTSTRAP, str(Path(__file__).parents[2]), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        except OSError:
            self.pipe.close()
            raise
        finally:
            theirs.close()

    def send(self, request: CheckRequest, surroundings: Surroundings) -> None:
        """Ask for a check; what surrounds the script is sent when it has changed.

        Raises:
            OSError: the process has ended.
        """
        if surroundings != self._told:
            request = CheckRequest(request.number, request.name, request.source, surroundings)
            self._told = surroundings
        self.pipe.send(request)

    def is_stopped(self) -> bool:
        """A signal has stopped it, as SIGSTOP does."""
        with suppress(ChildProcessError):
            return os.waitid(os.P_PID, self.child.pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT) is not None
        return False

    def end(self) -> str:
        """End the process; returns how it ended, in words."""
        self.child.kill()
        code = self.child.wait()
        self.pipe.close()
        with self._errors as file:
            file.seek(0)
            lines = file.read().decode("utf-8", "replace").strip().splitlines()
        why = end_in_words(code)
        return f"{why}: {lines[-1]}" if lines else why
