# SPDX-License-Identifier: GPL-2.0-or-later
"""The VM process: one loop that runs the guest in short slices and serves clients between them.

Everything but the compilation of scripts happens on one thread, so a script is loaded, replaced or removed while the
guest is stopped, and no client can see half of it. Requests are answered in the order in which they arrive.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from math import inf
from pathlib import Path
from time import perf_counter
from typing import BinaryIO

import msgspec

from engine.errors import MachineStoppedError, VptopError
from engine.probes.compiled_script import CompiledScript
from engine.probes.frame import Frame
from engine.vm import protocol
from engine.vm.compiling import CompilerThread
from engine.vm.diagnostics import places_of
from engine.vm.echo import Echo
from engine.vm.guest_files import GuestFiles
from engine.vm.losses import Losses
from engine.vm.output import OutputFile
from engine.vm.pace import Pace
from engine.vm.past.messages import PastRequest
from engine.vm.past.relay import Relay
from engine.vm.peer import Peer, PeerGone
from engine.vm.protocol import Event, FrameMessage, GuestChanged, Hello, Notice, Reply, Request
from engine.vm.replies import refused, timed
from engine.vm.virtual_machine import VirtualMachine

SLICE = 0.02
"""Guest seconds between two polls of the sockets."""
FIRST_LOOK = 0.05
"""Guest seconds from the start to the first Frame, which does not wait for the end of its second."""


class Server:
    """Serves one virtual machine at a Unix socket in its directory."""

    def __init__(
        self,
        vm: VirtualMachine,
        listener: socket.socket,
        directory: Path,
        outputs: Sequence[OutputFile],
        *,
        paced: bool,
        paused: bool = False,
        end_at_power_off: bool = False,
    ) -> None:
        """`outputs` are opened again when a script is loaded; `end_at_power_off`: stop serving when the guest has
        switched its machine off.
        """
        self.vm = vm
        self.directory = directory
        self.paced = paced
        self.paused = paused
        self._outputs = outputs
        self._losses = Losses(outputs)
        self._pace = Pace(begin=vm.seconds)
        self._selector = selectors.DefaultSelector()
        self._listener = listener
        self._echo = Echo(vm, self._tell)
        self._first_look = vm.seconds + FIRST_LOOK if paced else inf
        self._past = Relay(vm, self._selector, self._send)
        self._past_told = self._past.kept
        self._compiler = CompilerThread(self._selector)
        self._peers: list[Peer] = []
        self._requests: deque[tuple[Peer, Request]] = deque()
        self._running = True
        self._end_at_power_off = end_at_power_off
        self._guest_told = vm.guest_version, vm.vectors
        self._files = GuestFiles(directory, self._tell)
        self._bell, self._alarm = socket.socketpair()
        self._alarm.settimeout(0)
        listener.settimeout(0)
        self._selector.register(listener, selectors.EVENT_READ, self._accept)
        self._handlers: dict[type, Callable[..., Reply]] = {
            protocol.Unload: self._unload,
            protocol.Reset: self._reset,
            protocol.SwitchProbe: self._switch,
            protocol.ClearAggregates: self._clear,
            protocol.Pause: self._pause,
            protocol.Resume: self._resume,
            protocol.Reboot: self._reboot,
            protocol.Keys: self._keys,
            protocol.Peek: self._peek,
            protocol.PressPower: self._press_power,
            protocol.Save: self._save,
            protocol.Quit: self._quit,
        }

    def end_with(self, pipe: BinaryIO) -> None:
        """End when the other end of this pipe is closed: the parent process has exited."""

        def read() -> None:
            if not os.read(pipe.fileno(), 4096):
                self._running = False

        self._selector.register(pipe, selectors.EVENT_READ, lambda _: read())

    def end_on_signals(self, numbers: Sequence[signal.Signals]) -> None:
        """Shut down when one of these signals arrives, also while the guest is paused."""
        for number in numbers:
            signal.signal(number, lambda *_: setattr(self, "_running", False))
        signal.set_wakeup_fd(self._alarm.fileno())
        self._selector.register(self._bell, selectors.EVENT_READ, lambda _: self._bell.recv(64))

    def serve(self) -> None:
        """Serve until a client quits the VM, or until it is ended otherwise."""
        self._pace.resync(self.vm.seconds)
        try:
            while self._running:
                self._poll(self._patience())
                if self._running and not self.paused:
                    self._step()
            self._say_goodbye()
            self._past.close()
        finally:
            for peer in self._peers:
                peer.close()
            self._compiler.close()
            self._selector.close()
            signal.set_wakeup_fd(-1)
            self._bell.close()
            self._alarm.close()

    # --- guest time ---

    def _patience(self) -> float | None:
        """Seconds to wait for the sockets until the guest is due; None: wait forever."""
        if self.paused:
            return None
        if not self.paced:
            return 0
        return max(0.0, SLICE - self._pace.due(self.vm.seconds))

    def _step(self) -> None:
        due = self._pace.due(self.vm.seconds) if self.paced else SLICE
        if due <= 0:
            return
        to_repeat = self.vm.left_to_repeat
        try:
            frame = self.vm.advance(min(due, SLICE, to_repeat))
        except MachineStoppedError as error:
            self.paused = True
            self._tell(Notice("error", f"the machine stopped: {error}"))
            frame = self.vm.frame()
        if self.vm.has_repeated and to_repeat < inf:  # a film stays at its last picture
            self.paused = True
            self._tell(Notice("information", f"the recording ends here, at {self.vm.seconds:.1f} s: paused"))
            frame = frame or self.vm.frame()
        if frame is None and self.vm.seconds >= self._first_look:
            frame = self.vm.first_look()
        if frame is not None:
            self._first_look = inf
        self._echo.look()
        self._tell_guest()
        for notice in self.vm.take_notices():
            self._tell(Notice("information", notice))
        if frame is not None:
            self._publish(frame)
        if self._end_at_power_off and self.vm.powered_off:
            self._running = False

    def _publish(self, frame: Frame) -> None:
        late = self._pace.behind(self.vm.seconds) if self.paced and not self.paused else 0.0
        frame = msgspec.structs.replace(frame, paced=self.paced, behind_seconds=late, paused=self.paused)
        for notice in self._losses.fresh(frame.scripts):
            self._tell(notice)
        self._tell(FrameMessage(frame))
        self._tell_past()

    def _tell_past(self) -> None:
        """Say which past is kept, when that has changed."""
        if self._past.kept != self._past_told:
            self._past_told = self._past.kept
            self._tell(self._past_told)

    # --- clients ---

    def _poll(self, patience: float | None) -> None:
        for key, mask in self._selector.select(patience):
            key.data(mask)

    def _accept(self, _mask: int) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return  # the client closed the connection before it was accepted
        peer = Peer(connection)
        self._peers.append(peer)
        self._selector.register(connection, selectors.EVENT_READ, lambda mask: self._serve(peer, mask))
        self._send(peer, self._hello())
        self._send(peer, self._past.kept)
        for notice in self._losses.lasting(self.vm.latest.scripts):
            self._send(peer, notice)

    def _serve(self, peer: Peer, mask: int) -> None:
        try:
            requests = peer.receive() if mask & selectors.EVENT_READ else ()
        except PeerGone:
            self._drop(peer)
            return
        self._requests.extend((peer, request) for request in requests)
        self._answer_requests()
        self._send(peer, None)
        self._past.caught_up(peer)

    def _send(self, peer: Peer, event: Event | bytes | None) -> None:
        if peer not in self._peers:
            return
        try:
            peer.send(event) if event is not None else peer.flush()
        except PeerGone:
            self._drop(peer)
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if peer.waiting else 0)
        key = self._selector.get_key(peer.connection)
        if key.events != wanted:
            self._selector.modify(peer.connection, wanted, key.data)

    def _tell(self, event: Event) -> None:
        for peer in tuple(self._peers):
            self._send(peer, event)

    def _drop(self, peer: Peer) -> None:
        self._peers.remove(peer)
        self._selector.unregister(peer.connection)
        peer.close()
        self._past.leave(peer)

    def _say_goodbye(self) -> None:
        """Send the last replies, without waiting for any client."""
        self._tell(Notice("information", "the virtual machine was powered off"))

    def _hello(self) -> Hello:
        return Hello(
            protocol=protocol.PROTOCOL,
            guest=self.vm.guest.name,
            vcpus=self.vm.vcpus,
            ram_bytes=self.vm.ram_bytes,
            tsc_hz=self.vm.tsc_hz,
            symbols=self._files.symbols(self.vm.guest, self.vm.guest_version),
            prelude=self.vm.guest.prelude,
            vectors=dict(self.vm.vectors),
            scripts={script.name: script.source for script in self.vm.scripts},
            directory=str(self.directory),
            types=self._files.types(self.vm.guest),
        )

    def _tell_guest(self) -> None:
        """Notify every client when more of the guest has become known."""
        if self._guest_told != (known := (self.vm.guest_version, self.vm.vectors)):
            self._guest_told = known
            guest = self.vm.guest
            symbols, types = self._files.symbols(guest, self.vm.guest_version), self._files.types(guest)
            self._tell(GuestChanged(guest.name, symbols, guest.prelude, dict(self.vm.vectors), types))

    # --- requests ---

    def _answer_requests(self) -> None:
        """Answer what waits, up to a script that must be compiled first."""
        while self._requests and not self._compiler.is_busy:
            peer, request = self._requests.popleft()
            self._send(peer, self._answer(peer, request))

    def _answer(self, peer: Peer, request: Request) -> Reply | None:
        begun = perf_counter()
        try:
            if isinstance(request, PastRequest):
                reply_or_none = self._past.answer(peer, request)
                self._tell_past()
                return reply_or_none
            if isinstance(request, protocol.Load):
                self._compile(peer, request, begun)
                return None
            reply = self._handlers[type(request)](request)
        except VptopError as refusal:
            reply = refused(request.id, refusal)
        return timed(reply, begun)

    def _compile(self, peer: Peer, request: protocol.Load, begun: float) -> None:
        """Have a script compiled, then load it and answer.

        Raises:
            ScriptRefused: it cannot be loaded, whatever it compiles to.
        """

        def done(compilation: Future[CompiledScript]) -> None:
            try:
                reply = self._load(request, compilation.result())
            except VptopError as refusal:
                reply = refused(request.id, refusal)
            self._send(peer, timed(reply, begun))
            self._answer_requests()

        for output in self._outputs:
            output.reopen()
        self._compiler.start(self.vm.compile_job(request.source, request.name, request.replace), done)

    def _load(self, request: protocol.Load, compiled: CompiledScript) -> Reply:
        script = self.vm.load_compiled(compiled, request.replace)
        self._show_when_paused()
        places = places_of(script.warnings)
        return Reply(request.id, ok=True, message=script.message, diagnostics=places, generation=script.generation)

    def _unload(self, request: protocol.Unload) -> Reply:
        self.vm.unload(request.name)
        return self._done(request.id, f"unloaded {request.name}")

    def _reset(self, request: protocol.Reset) -> Reply:
        count = self.vm.reset()
        return self._done(request.id, f"unloaded {count} script{'' if count == 1 else 's'}")

    def _switch(self, request: protocol.SwitchProbe) -> Reply:
        return self._done(request.id, self.vm.switch_probe(request.script, request.probe, on=request.on))

    def _clear(self, request: protocol.ClearAggregates) -> Reply:
        self.vm.clear_aggregates()
        return self._done(request.id, "cleared every aggregate")

    def _pause(self, request: protocol.Pause) -> Reply:
        self.paused = True
        return self._done(request.id, "paused")

    def _resume(self, request: protocol.Resume) -> Reply:
        if self.paused:
            self.paused = False
            self._pace.resync(self.vm.seconds)
        return self._done(request.id, "running")

    def _reboot(self, request: protocol.Reboot) -> Reply:
        self.vm.reboot()
        return self._done(request.id, "the guest was reset")

    def _keys(self, request: protocol.Keys) -> Reply:
        self.vm.press(request.text, request.to)
        self._echo.typed()
        return self._done(request.id, "")

    def _peek(self, request: protocol.Peek) -> Reply:
        data = self.vm.peek(request.address, min(request.size, protocol.PEEK_BYTES), request.cpu)
        return msgspec.structs.replace(self._done(request.id, ""), data=data)

    def _press_power(self, request: protocol.PressPower) -> Reply:
        if not self.vm.handles_power_button:
            return Reply(
                request.id, ok=False, message="the guest does not handle the power button (ACPI event PWRBTN_EN)"
            )
        self.vm.press_power()
        return self._done(request.id, "the power button was pressed")

    def _save(self, request: protocol.Save) -> Reply:
        try:
            self.vm.save(Path(request.path))
        except OSError as error:
            return Reply(request.id, ok=False, message=f"{request.path}: {error.strerror or error}")
        return self._done(request.id, f"saved {request.path}")

    def _quit(self, request: protocol.Quit) -> Reply:
        self._running = False
        return Reply(request.id, ok=True, message="powering off")

    def _done(self, request_id: int, message: str) -> Reply:
        self._show_when_paused()
        return Reply(request_id, ok=True, message=message)

    def _show_when_paused(self) -> None:
        """While the guest is paused no Frame comes by itself, so the effect of the last request is sent at once."""
        if self.paused and not self._requests:
            self._publish(self.vm.frame())
