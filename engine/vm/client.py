# SPDX-License-Identifier: GPL-2.0-or-later
"""Talk to a VM process.

    process = VmProcess.start(power=PowerOn(seed=7), paced=True, paused=True)
    client = process.connect(on_event)  # or VmClient(socket_path, on_event), for a VM that another process started
    reply = client.load("vptop.vp", source).result()
    client.resume()
    ...
    client.close()
    process.stop()

`on_event` is called from one reader thread, in order, with `Hello` (first, once), `FrameMessage`, `Written`, `Notice`,
`GuestChanged`, the events of engine.vm.past.messages, and last of all `Gone`, when the VM process ended or the
connection broke (not after `close`). It must return quickly and must not wait for a reply. Every request method is
safe from any thread, sends at once and returns a `concurrent.futures.Future[Reply]`, or a `Question` that holds one;
the future fails with `VmGone` when the VM ends first. `Reply.ok` false is an answer, not an exception: a refused
script has its diagnostics in the Reply.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

import msgspec

from engine.errors import VptopError
from engine.machine.choices import TypingDevice
from engine.vm import protocol
from engine.vm.past import messages as past
from engine.vm.past.messages import PastEvent
from engine.vm.process import Gone, StartError, VmProcess
from engine.vm.protocol import FrameMessage, GuestChanged, Hello, Inbox, Notice, Reply, Request, Written

__all__ = ["Gone", "OnEvent", "Question", "StartError", "VmClient", "VmGone", "VmProcess"]


OnEvent = Callable[[Hello | Notice | FrameMessage | Written | GuestChanged | PastEvent | Gone], None]


class VmGone(VptopError):  # noqa: N818 - a state, not a malfunction
    """The VM ended before it answered. Start another one; the scripts have to be loaded again."""


class Question(NamedTuple):
    """A request about the past that takes time."""

    id: int
    """names it in its events, in further requests, and to cancel it"""
    reply: Future[Reply]
    """its answer"""


class VmClient:
    """One connection to a VM process. Usable as a context manager.

    Raises (from the constructor):
        OSError: no process listens on the socket.
        VmGone: the process there does not speak this protocol, or ended.
    """

    hello: Hello
    """What runs in the VM process, as it said when we connected."""

    def __init__(self, path: Path, on_event: OnEvent, post_mortem: Callable[[], Gone] | None = None) -> None:
        """Connect. `post_mortem` returns how the VM process ended, if this process started it."""
        self._on_event = on_event
        self._post_mortem = post_mortem or (lambda: Gone("the VM closed the connection"))
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Reply]] = {}
        self._gone: Gone | None = None
        self._closing = False
        self._greeted: Future[Hello] = Future()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.connect(str(path))
        except OSError:
            self._socket.close()
            raise
        self._reader = threading.Thread(target=self._read, name="vm-client", daemon=True)
        self._reader.start()
        try:
            self.hello = self._greeted.result()
        except VmGone:
            self.close()
            raise

    def __enter__(self) -> VmClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- requests ---

    def load(self, name: str, source: str, replace: str = "") -> Future[Reply]:
        """Load a script. With `replace`, swap it for the loaded script of that name: all or nothing."""
        return self._ask(lambda i: protocol.Load(i, name, source, replace))

    def unload(self, name: str) -> Future[Reply]:
        """Unload one script."""
        return self._ask(lambda i: protocol.Unload(i, name))

    def reset(self) -> Future[Reply]:
        """Unload every script."""
        return self._ask(protocol.Reset)

    def switch_probe(self, script: str, probe: int, *, on: bool) -> Future[Reply]:
        """Switch a probe of a loaded script, by its number there, off or on."""
        return self._ask(lambda i: protocol.SwitchProbe(i, script, probe, on))

    def clear_aggregates(self) -> Future[Reply]:
        """Delete the rows of every aggregate."""
        return self._ask(protocol.ClearAggregates)

    def pause(self) -> Future[Reply]:
        """Stop guest time. A Frame that says so follows."""
        return self._ask(protocol.Pause)

    def resume(self) -> Future[Reply]:
        """Resume guest time."""
        return self._ask(protocol.Resume)

    def reboot(self) -> Future[Reply]:
        """Press the machine's reset button; scripts stay loaded."""
        return self._ask(protocol.Reboot)

    def keys(self, text: str, to: TypingDevice = "auto") -> Future[Reply]:
        """Press keys in the guest, written as engine.machine.keystrokes describes (`ls<enter>`, `<c-a-del>`)."""
        return self._ask(lambda i: protocol.Keys(i, text, to))

    def peek(self, address: int, size: int, cpu: int = 0) -> Future[Reply]:
        """Read guest memory by linear address as a virtual CPU sees it now: the Reply's `data`."""
        return self._ask(lambda i: protocol.Peek(i, address, size, cpu))

    def press_power(self) -> Future[Reply]:
        """Press the machine's power button: the guest shuts down, if it handles that."""
        return self._ask(protocol.PressPower)

    def save(self, path: Path) -> Future[Reply]:
        """Write a snapshot of the machine, without its scripts, to a file of the VM's host."""
        return self._ask(lambda i: protocol.Save(i, str(path)))

    # --- the past (engine.vm.past.messages) ---

    def ask(
        self, name: str, source: str, begin: float = 0.0, until: float = 0.0, moments: Iterable[int] = ()
    ) -> Question:
        """Run a script over guest seconds that have passed, as if it had been loaded at `begin`.

        Its Frames come as `AskedFrame` and its progress as `Progress`, both before the Reply, which says that it is
        over.

        Args:
            name: of the script.
            source: the script.
            begin: guest seconds since power-on; the oldest moment that is kept, where it is earlier than that.
            until: 0: now.
            moments: ticks in order at which a Frame is made, besides those of whole seconds and of the end.
        """
        return self._question(lambda i: past.Ask(i, name, source, begin, until, tuple(moments)))

    def when(self, condition: str, at: str = "", begin: float = 0.0, until: float = 0.0) -> Question:
        """Find the moments at which a VP expression held: `Reply.past` is `Moments`. `Progress` comes before."""
        return self._question(lambda i: past.When(i, condition, at, begin, until))

    def why(self, question: past.Why) -> Question:
        """Find the firing that gave a row its largest value, or printed a line: `Reply.past` is an `Origin`.

        Args:
            question: what is asked; its id is chosen here.
        """
        return self._question(lambda i: msgspec.structs.replace(question, id=i))

    def visit(self, tick: int, name: str = "", source: str = "") -> Question:
        """Bring a copy of the machine back to a moment: `Reply.past` is a `View`. `cancel` ends the visit."""
        return self._question(lambda i: past.Visit(i, tick, name, source))

    def keep(self, mib: int) -> Future[Reply]:
        """Set the memory that the checkpoints of the past may take, in MiB."""
        return self._ask(lambda i: past.Keep(i, mib))

    def step(self, visit: Question, unit: past.Unit, *, backward: bool = False) -> Question:
        """Move a visit: `Reply.past` is the `View` there, whose note says so where there is no such event."""
        return self._question(lambda i: past.Step(i, visit.id, unit, backward))

    def read_memory(self, visit: Question, address: int, size: int, cpu: int = 0) -> Future[Reply]:
        """Read guest memory at a visit: `Reply.past` is a `Memory`."""
        return self._ask(lambda i: past.ReadMemory(i, visit.id, address, size, cpu))

    def cancel(self, question: Question) -> Future[Reply]:
        """End a question or a step, whose own Reply is then not `ok`, or a visit."""
        return self._ask(lambda i: past.Cancel(i, question.id))

    def _question(self, make: Callable[[int], Request]) -> Question:
        number = next(self._ids)
        return Question(number, self._ask(lambda _: make(number)))

    def quit(self) -> Future[Reply]:
        """Power the machine off; the process answers and ends."""
        return self._ask(protocol.Quit)

    def close(self) -> None:
        """Leave the VM (it keeps running). No event comes after this returns, but for calls from the reader thread."""
        self._closing = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        if threading.current_thread() is not self._reader:
            self._reader.join()

    # --- inside ---

    def _ask(self, make: Callable[[int], Request]) -> Future[Reply]:
        answer: Future[Reply] = Future()
        with self._lock:
            if self._gone or self._closing:
                answer.set_exception(VmGone(self._gone.message if self._gone else "the connection is closed"))
                return answer
            request = make(next(self._ids))
            self._waiting[request.id] = answer
            with contextlib.suppress(OSError):  # a broken connection is the reader's to report, and fails the future
                self._socket.sendall(protocol.encode(request))
        return answer

    def _read(self) -> None:
        inbox = Inbox(protocol.events, protocol.EVENT_BYTES)
        trouble = None
        try:
            while data := self._receive():
                for event in inbox.feed(data):
                    self._dispatch(event)
        except protocol.ProtocolError as error:
            trouble = Gone(f"the VM sent {error}")
        self._end(trouble)

    def _receive(self) -> bytes:
        try:
            return self._socket.recv(1 << 18)
        except OSError:
            return b""

    def _dispatch(self, event: protocol.Event) -> None:
        if isinstance(event, Reply):
            with self._lock:
                answer = self._waiting.pop(event.id, None)
            if answer is not None and answer.set_running_or_notify_cancel():
                answer.set_result(event)
            return
        if isinstance(event, Hello):
            if event.protocol != protocol.PROTOCOL:
                raise protocol.ProtocolError(f"protocol {event.protocol}; this vptop speaks {protocol.PROTOCOL}")
            self._greeted.set_result(event)
        if not self._closing:
            self._on_event(event)

    def _end(self, trouble: Gone | None) -> None:
        gone = trouble or (Gone("the connection is closed") if self._closing else self._post_mortem())
        with self._lock:
            self._gone = gone
            waiting, self._waiting = self._waiting, {}
            self._socket.close()
        for answer in waiting.values():
            if answer.set_running_or_notify_cancel():
                answer.set_exception(VmGone(gone.message))
        if not self._greeted.done():
            self._greeted.set_exception(VmGone(gone.message))
        elif not self._closing:
            self._on_event(gone)
