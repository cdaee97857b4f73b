# SPDX-License-Identifier: GPL-2.0-or-later
"""The app's connection to the VM: events come in, requests go out, nothing waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from textual.message import Message

from engine.guest import symbol_files
from engine.guest.symbols import SymbolError, Symbols
from engine.probes.frame import Frame
from engine.vm.client import Gone, VmGone
from engine.vm.process import StartError
from engine.vm.protocol import FrameMessage, Hello, Notice, Reply
from vptop.source.source import Source, SourceEvent

Tell = Callable[[Message], object]
Done = Callable[[Reply], None]


class Arrived(Message):
    """Events are waiting. Many of these become one, so a slow screen never makes a queue of repaints."""

    def can_replace(self, message: Message) -> bool:
        """One is as good as many: the events themselves wait in a queue of their own."""
        return isinstance(message, Arrived)


class Answered(Message):
    """The VM answered a request, or ended before it could. `done` is what the request asked to be called."""

    def __init__(self, done: Done, reply: Reply) -> None:
        super().__init__()
        self.done = done
        self.reply = reply


class Machine:
    """A source seen from the user interface's thread."""

    def __init__(self, source: Source, tell: Tell, prepare: Callable[[Frame], None] = lambda _: None) -> None:
        """Wait for `start`.

        Args:
            source: the VM.
            tell: takes messages, from any thread.
            prepare: does with a Frame, in the source's thread, what would take long when it is shown.
        """
        self.source = source
        self._tell = tell
        self._prepare = prepare
        self._events: deque[SourceEvent] = deque()

    def _take(self, event: SourceEvent) -> None:
        """Called from the source's thread."""
        if isinstance(event, FrameMessage):
            self._prepare(event.frame)
        self._events.append(event)
        self._tell(Arrived())

    def drain(self) -> list[SourceEvent]:
        """What arrived since the last call."""
        events = []
        while self._events:
            events.append(self._events.popleft())
        return events

    def start(self) -> None:
        """Power on. Blocks; for a worker thread. Trouble comes as an event like any other."""
        self._guarded(lambda: self.source.start(self._take))

    def restart(self, sources: dict[str, str]) -> None:
        """Power on again. Blocks; for a worker thread."""
        self._guarded(lambda: self.source.restart(sources))

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except (StartError, VmGone, OSError) as error:
            reason, _, last_lines = str(error).partition("\n")
            self._take(Gone(reason, last_lines))

    def ask(self, send: Callable[[], Future[Reply]], done: Done) -> None:
        """Send a request. Its answer comes as an Answered message, so that `done` runs on the app's thread."""
        try:
            future = send()
        except (VmGone, OSError) as error:
            self._tell(Answered(done, Reply(0, ok=False, message=str(error))))
            return
        future.add_done_callback(lambda answer: self._tell(Answered(done, _reply(answer))))


def _reply(answer: Future[Reply]) -> Reply:
    """The answer; one that failed or was cancelled as a Reply that says so."""
    if answer.cancelled():
        return Reply(0, ok=False, message="cancelled")
    if (error := answer.exception()) is not None:
        return Reply(0, ok=False, message=str(error))
    return answer.result()


def read_symbols(path: str) -> tuple[Symbols, str]:
    """The symbol file of a guest, and what is wrong with it if anything is."""
    if not path:
        return Symbols(), ""
    try:
        return symbol_files.read(Path(path)), ""
    except SymbolError as error:
        return Symbols(), str(error)


__all__ = ["Answered", "Arrived", "FrameMessage", "Gone", "Hello", "Machine", "Notice", "read_symbols"]
