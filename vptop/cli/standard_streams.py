# SPDX-License-Identifier: GPL-2.0-or-later
"""Standard input, output and error of every program, also where they are closed or what they lead to is full."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from engine.errors import VptopError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

P = ParamSpec("P")
T = TypeVar("T")
FAILED = 1


class OutputError(VptopError):
    """Standard output cannot be written: its disk is full, or it is closed. What was written until then stays."""


class _Output(io.BufferedWriter):
    """Standard output that says which file could not be written.

    The buffer and not the file below it is extended: between them no Python code runs, so that an interrupt cannot
    come after data was written and before the buffer knows, which would write it twice.
    """

    def write(self, data: ReadableBuffer, /) -> int:
        return self._reported(lambda: super(_Output, self).write(data))

    def flush(self) -> None:
        self._reported(super().flush)

    def _reported(self, act: Callable[[], T]) -> T:
        try:
            return act()
        except BrokenPipeError:
            raise
        except OSError as error:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())  # what is still in buffers must not fail once more at the end
            os.close(nowhere)
            raise OutputError(f"cannot write to standard output: {error.strerror or error}") from error


def _open_closed() -> None:
    """Give closed descriptors a file, so that the next file that is opened does not become standard output."""
    for number, flags in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # takes the lowest free number; to write to 1 fails, as it does when closed
    for name, number, mode in (("stdin", 0, "r"), ("stderr", 2, "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", errors="replace", closefd=False))  # noqa: SIM115


def _guard_output() -> None:
    """Put the guarded standard output in place of Python's own; a replacement that a caller put there stays."""
    if sys.stdout is not None and (sys.stdout is not sys.__stdout__ or not isinstance(sys.stdout, io.TextIOWrapper)):
        return
    encoding = sys.stdout.encoding if sys.stdout is not None else "utf-8"
    output = _Output(io.FileIO(1, "w", closefd=False))
    sys.stdout = io.TextIOWrapper(output, encoding, "replace", line_buffering=output.isatty())


def quiet_pipe() -> None:
    """A reader that leaves early (`vptop run | head`) ends us, quietly, as it ends other tools."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def guarded(program: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """For an entry point: errors of standard output become one line on standard error and exit status 1.

    Characters that the terminal's encoding lacks are written as `?`.
    """

    def decorate(main: Callable[P, T]) -> Callable[P, T]:
        @wraps(main)
        def run(*args: P.args, **kwargs: P.kwargs) -> T:
            _open_closed()
            _guard_output()
            try:
                try:
                    return main(*args, **kwargs)
                finally:
                    sys.stdout.flush()
            except OutputError as error:
                with suppress(OSError):
                    sys.stderr.write(f"{program}: {error}\n")
                sys.exit(FAILED)

        return run

    return decorate
