# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture as a source: its Frames come at once, and nothing in it can be changed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path

from engine.vm.client import Question
from engine.vm.options import TypingDevice
from engine.vm.past.messages import PastKept, Unit, Why
from engine.vm.protocol import PROTOCOL, FrameMessage, GuestChanged, Hello, Notice, Reply
from vptop.model.capture import Guest, LeftOut, Record, Script, Shown
from vptop.model.playback import read
from vptop.source.checker import Checker
from vptop.source.checking import Surroundings, TakeFinding
from vptop.source.source import Take

REFUSAL = "a capture is shown; it cannot be changed"
NO_MACHINE = "a capture holds Frames and no machine; a recording (--record FILE) can be run again and asked"


class ReplaySource:
    """Plays a capture, or Frames as lines of JSON.

    Raises:
        CaptureError: the file cannot be read, or holds neither.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._records: list[Record] = []
        self._left_out: list[str] = []
        for one in read(path):
            if isinstance(one, LeftOut):
                self._left_out.append(one.why)
            else:
                self._records.append(one)
        self._folder = tempfile.TemporaryDirectory(prefix="vptop-replay-")
        self._symbol_files = 0
        self._checker = Checker(Surroundings)

    def start(self, take: Take) -> None:
        """Send everything."""
        frames = [record for record in self._records if isinstance(record, Shown)]
        guests = [record for record in self._records if isinstance(record, Guest)]
        take(self._hello(guests[0] if guests else Guest("", 1)))
        take(PastKept((), 0, 0, NO_MACHINE))
        for record in self._records:
            if isinstance(record, Shown):
                take(FrameMessage(record.frame))
            elif isinstance(record, Guest) and record is not guests[0]:
                take(GuestChanged(record.name, self._symbols(record), "", record.vectors))
        steps = f"{len(frames)} Frame{'' if len(frames) == 1 else 's'}; [ and ] step through them, : goes to a moment"
        if self._left_out:
            more = f" ({len(self._left_out) - 1} more such places)" if len(self._left_out) > 1 else ""
            take(Notice("warning", f"{self._left_out[0]}{more}; there are {steps}"))
        else:
            take(Notice("", f"{self._path}: {steps}"))

    def _hello(self, guest: Guest) -> Hello:
        """What a VM would say first, with every script of the capture in its last version."""
        scripts = {one.name: one.source for one in self._records if isinstance(one, Script)}
        return Hello(PROTOCOL, guest.name, guest.vcpus, 0, 0, self._symbols(guest), scripts, vectors=guest.vectors)

    def _symbols(self, guest: Guest) -> str:
        """The path of a file with the guest's symbols."""
        if not guest.symbols:
            return ""
        self._symbol_files += 1
        path = Path(self._folder.name) / f"{self._symbol_files}.sym"
        path.write_bytes(guest.symbols)
        return str(path)

    def restart(self, sources: dict[str, str]) -> None:
        """There is nothing to start."""

    def close(self) -> None:
        """Remove what was written for it."""
        self._checker.close()
        self._folder.cleanup()

    def check(self, name: str, source: str, take: TakeFinding) -> None:
        """Begin to check a script, without what its guest would bring."""
        self._checker.check(name, source, take)

    # --- requests ---

    def load(self, name: str, source: str, replace: str) -> Future[Reply]:
        """Refused."""
        return _refused()

    def ask(self, name: str, source: str, begin: float, until: float, moments: Iterable[int]) -> Question:
        """Refused: a capture has no machine."""
        return Question(0, _refused())

    def when(self, condition: str, at: str) -> Question:
        """Refused: a capture has no machine."""
        return Question(0, _refused())

    def why(self, question: Why) -> Question:
        """Refused: a capture has no machine."""
        return Question(0, _refused())

    def visit(self, tick: int, name: str, source: str) -> Question:
        """Refused: a capture has no machine."""
        return Question(0, _refused())

    def keep(self, mib: int) -> Future[Reply]:
        """Refused."""
        return _refused()

    def step(self, visit: Question, unit: Unit, *, backward: bool) -> Question:
        """Refused: a capture has no machine."""
        return Question(0, _refused())

    def read_memory(self, visit: Question, address: int, size: int, cpu: int) -> Future[Reply]:
        """Refused."""
        return _refused()

    def cancel(self, question: Question) -> Future[Reply]:
        """Refused."""
        return _refused()

    def reboot(self) -> Future[Reply]:
        """Refused."""
        return _refused()

    def pause(self) -> Future[Reply]:
        """Refused."""
        return _refused()

    def resume(self) -> Future[Reply]:
        """Refused."""
        return _refused()

    def switch_probe(self, script: str, probe: int, *, on: bool) -> Future[Reply]:
        """Refused."""
        return _refused()

    def clear_aggregates(self) -> Future[Reply]:
        """Refused."""
        return _refused()

    def keys(self, text: str, to: TypingDevice) -> Future[Reply]:
        """Refused."""
        return _refused()

    def peek(self, address: int, size: int) -> Future[Reply]:
        """Refused: a recording has no memory."""
        return _refused()


def _refused() -> Future[Reply]:
    future: Future[Reply] = Future()
    future.set_result(Reply(0, ok=False, message=REFUSAL))
    return future
