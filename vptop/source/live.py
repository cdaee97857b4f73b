# SPDX-License-Identifier: GPL-2.0-or-later
"""A VM process as a source: one of our own, or one that runs already."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.vm import running
from engine.vm.client import Question, VmClient, VmProcess
from engine.vm.options import PowerOn, TypingDevice
from engine.vm.protocol import GuestChanged, Hello, Notice, Reply
from vptop.source.checker import Checker
from vptop.source.checking import Surroundings, TakeFinding
from vptop.source.source import SourceEvent, Take

if TYPE_CHECKING:
    from engine.vm.past.messages import Unit, Why


class LiveSource:
    """Powers on a machine, paced; loads scripts before its first instruction, and lets it go.

    All that is done at once, on a thread of its own, while whoever uses this source still gets ready: its events are
    kept until then.
    """

    def __init__(
        self, sources: dict[str, str], power: PowerOn = PowerOn(), *, vmx: Path | None = None, attached: bool = False
    ) -> None:
        """Begin.

        Args:
            sources: scripts to load, by name.
            power: the machine's configuration.
            vmx: the file it comes from, so that vmrun can talk to the machine too.
            attached: the VM of that file runs already; it goes on when this source is closed.
        """
        self._sources = sources
        self._power = power
        self._vmx = vmx
        self._attached = attached
        self._process: VmProcess | None = None
        self._client: VmClient | None = None
        self._take: Take | None = None
        self._early: list[SourceEvent] = []
        """what came before there was somebody to take it"""
        self._delivering = threading.Lock()
        self._changing = threading.Lock()
        self._closed = False
        self._guest: Hello | GuestChanged | None = None
        self._checker = Checker(self._surroundings)
        starter = ThreadPoolExecutor(1)
        self._first: Future[VmClient] | None = starter.submit(self._prepare, sources)
        starter.shutdown(wait=False)

    def _prepare(self, sources: dict[str, str]) -> VmClient:
        """Power on, load, and let the machine go. Scripts that are refused are told as Notices."""
        client = self._attach() if self._attached else self._own()
        replies = [client.load(name, source) for name, source in sources.items()]
        if not self._attached:
            replies.append(client.resume())
        for reply in (future.result() for future in replies):
            if not reply.ok:
                first = reply.diagnostics[0] if reply.diagnostics else None
                where = f"{first.file}:{first.line}:{first.column}: {first.message}" if first else reply.message
                self._forward(Notice("error", f"not loaded: {where}"))
        return client

    def _attach(self) -> VmClient:
        """A client of the VM that runs already."""
        assert self._vmx is not None  # noqa: S101 - by the caller
        return VmClient(running.socket_of(self._vmx), self._forward)

    def _own(self) -> VmClient:
        """A client of a VM process of our own."""
        power = msgspec.structs.replace(self._power, watch_boot=True)
        self._process = VmProcess.start(power=power, paced=True, paused=True, vmx=self._vmx)
        return self._process.connect(self._forward)

    def start(self, take: Take) -> None:
        """Take the machine's events from now on, after those that were kept."""
        with self._delivering:
            for event in self._early:
                take(event)
            self._early.clear()
            self._take = take
        self._power_on(self._sources)

    def restart(self, sources: dict[str, str]) -> None:
        """Throw away what is left of the old process and start anew."""
        with self._changing:
            self._power_off()
        self._power_on(sources)

    def _power_on(self, sources: dict[str, str]) -> None:
        with self._changing:
            if self._closed:
                return
            begun, self._first = self._first, None
            self._client = begun.result() if begun else self._prepare(sources)

    def _forward(self, event: SourceEvent) -> None:
        with self._delivering:
            if isinstance(event, Hello | GuestChanged):
                self._guest = event
            if self._take is None:
                self._early.append(event)
            elif not self._closed:
                self._take(event)

    def _power_off(self) -> None:
        if self._first is not None and self._first.exception() is None:
            self._client = self._first.result()
        self._first = None
        if self._client is not None:
            self._client.close()
        if self._process is not None:
            self._process.stop()
        self._client = self._process = None

    def close(self) -> None:
        """Power off."""
        self._closed = True
        self._checker.close()
        with self._changing:
            self._power_off()

    def check(self, name: str, source: str, take: TakeFinding) -> None:
        """Begin to check a script, without loading it; what an earlier check has not found yet is dropped."""
        self._checker.check(name, source, take)

    def _surroundings(self) -> Surroundings:
        """What scripts meet in the machine."""
        guest = self._guest
        if guest is None:
            return Surroundings(limits=self._power.limits)
        return Surroundings(guest.prelude, guest.symbols, guest.types, self._power.limits)

    # --- requests ---

    @property
    def pid(self) -> int | None:
        """Process id of the VM process."""
        return self._process.pid if self._process else None

    def _ask(self) -> VmClient:
        if self._client is None:
            raise ConnectionError("the machine is not running")
        return self._client

    def load(self, name: str, source: str, replace: str) -> Future[Reply]:
        """Load, all or nothing."""
        return self._ask().load(name, source, replace)

    def ask(self, name: str, source: str, begin: float, until: float, moments: Iterable[int]) -> Question:
        """Run a script over seconds that have passed."""
        return self._ask().ask(name, source, begin, until, moments)

    def when(self, condition: str, at: str) -> Question:
        """Find the moments at which a VP expression held."""
        return self._ask().when(condition, at)

    def why(self, question: Why) -> Question:
        """Find the firing that a row or a line came from."""
        return self._ask().why(question)

    def visit(self, tick: int, name: str, source: str) -> Question:
        """Bring a copy of the machine back to a tick."""
        return self._ask().visit(tick, name, source)

    def keep(self, mib: int) -> Future[Reply]:
        """Set the memory that the checkpoints of the past may take, in MiB."""
        return self._ask().keep(mib)

    def step(self, visit: Question, unit: Unit, *, backward: bool) -> Question:
        """Move a visit."""
        return self._ask().step(visit, unit, backward=backward)

    def read_memory(self, visit: Question, address: int, size: int, cpu: int) -> Future[Reply]:
        """Read guest memory at a visit, as a VCPU sees it."""
        return self._ask().read_memory(visit, address, size, cpu)

    def cancel(self, question: Question) -> Future[Reply]:
        """End a question."""
        return self._ask().cancel(question)

    def reboot(self) -> Future[Reply]:
        """Press the reset button."""
        return self._ask().reboot()

    def pause(self) -> Future[Reply]:
        """Stop guest time."""
        return self._ask().pause()

    def resume(self) -> Future[Reply]:
        """Let guest time go on."""
        return self._ask().resume()

    def switch_probe(self, script: str, probe: int, *, on: bool) -> Future[Reply]:
        """Switch a probe off or on."""
        return self._ask().switch_probe(script, probe, on=on)

    def clear_aggregates(self) -> Future[Reply]:
        """Delete all rows."""
        return self._ask().clear_aggregates()

    def keys(self, text: str, to: TypingDevice) -> Future[Reply]:
        """Press keys in the guest, written as engine.machine.keystrokes describes."""
        return self._ask().keys(text, to)

    def peek(self, address: int, size: int) -> Future[Reply]:
        """Read guest memory."""
        return self._ask().peek(address, size)
