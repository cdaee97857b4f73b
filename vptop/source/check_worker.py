# SPDX-License-Identifier: GPL-2.0-or-later
"""The process that checks scripts: it answers the newest request and drops what it does for an earlier one."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

from engine.guest import symbol_files
from engine.guest.guest import PRELUDE_FILE
from engine.guest.linux.btf import Btf, BtfError
from engine.guest.symbols import SymbolError, Symbols
from engine.probes.languages import compile_script, language_of
from engine.vm.diagnostics import places_of
from engine.vm.guest_types import BtfTypes
from engine.vp import Limits, Prelude
from vptop.model.failures import in_words
from vptop.model.script import hint_diagnostics, read_script
from vptop.source.checking import CheckRequest, Finding, Surroundings


def findings(name: str, source: str, prelude: Prelude | None = None, limits: Limits | None = None) -> Iterator[Finding]:
    """What is told about a text, the quickest first."""
    language = language_of(name)
    yield Finding(tokens=language.tokens(source))
    yield Finding(names=language.names(source, prelude))
    found = compile_script(source, name, prelude=prelude, limits=limits).diagnostics
    facts = read_script(source, name)
    yield Finding(facts=facts, places=places_of((*found, *hint_diagnostics(source, name, facts))), is_last=True)


def prelude_of(surroundings: Surroundings) -> Prelude | None:
    """What the guest brings to scripts; a file that cannot be read has no symbols, or no types."""
    if surroundings.prelude is None:
        return None
    symbols, types = Symbols(), None
    if surroundings.symbols:
        with suppress(SymbolError):
            symbols = symbol_files.read(Path(surroundings.symbols))
    if surroundings.types:
        with suppress(BtfError, OSError):
            types = BtfTypes(Btf(Path(surroundings.types).read_bytes()))
    return Prelude(PRELUDE_FILE, surroundings.prelude, symbols.addresses, types)


class _Superseded(BaseException):
    """There is a newer request."""


class CheckWorker:
    """Answers requests that come through a pipe, until that is closed."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._changed = threading.Condition()
        self._newest: CheckRequest | None = None
        self._surroundings = Surroundings()
        self._prelude: tuple[Surroundings, Prelude | None] = Surroundings(), None
        self._interruptible = False
        """a newer request may end what runs now"""

    def serve(self) -> None:
        """Answer for ever: the thread that reads ends the process."""
        signal.signal(signal.SIGUSR1, self._supersede)
        threading.Thread(target=self._read, daemon=True).start()
        while True:
            with self._changed:
                while self._newest is None:
                    self._changed.wait()
                request, self._newest = self._newest, None
                surroundings = self._surroundings
            try:
                self._interruptible = True
                self._answer(request, surroundings)
                self._interruptible = False
            except _Superseded:
                pass

    def _read(self) -> None:
        """Take requests, and end this process with the one that sends them."""
        try:
            while True:
                request: CheckRequest = self._pipe.recv()
                with self._changed:
                    self._surroundings = request.surroundings or self._surroundings
                    self._newest = request
                    self._changed.notify()
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)
        except (EOFError, OSError):
            os._exit(0)

    def _supersede(self, _signal: int, _frame: FrameType | None) -> None:
        if self._interruptible and self._newest is not None:
            self._interruptible = False
            raise _Superseded

    def _answer(self, request: CheckRequest, surroundings: Surroundings) -> None:
        try:
            if surroundings != self._prelude[0]:
                self._prelude = surroundings, prelude_of(surroundings)
            for finding in findings(request.name, request.source, self._prelude[1], surroundings.limits):
                self._send(request, finding)
        except Exception as error:  # noqa: BLE001 - the dashboard tells it
            self._send(request, Finding(trouble=in_words(error), is_last=True))

    def _send(self, request: CheckRequest, finding: Finding) -> None:
        """Send a part of the answer in one piece."""
        self._interruptible = False
        self._pipe.send((request.number, finding))
        self._interruptible = True
        if self._newest is not None:
            self._interruptible = False
            raise _Superseded


def main(descriptor: int) -> None:
    """Serve the other end of a pipe."""
    CheckWorker(Connection(descriptor)).serve()
