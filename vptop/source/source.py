# SPDX-License-Identifier: GPL-2.0-or-later
"""What the dashboard needs of a VM, wherever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Protocol

from engine.vm.client import Gone, Question
from engine.vm.options import TypingDevice
from engine.vm.past.messages import PastEvent, Unit, Why
from engine.vm.protocol import FrameMessage, GuestChanged, Hello, Notice, Reply, Written
from vptop.source.checking import TakeFinding

SourceEvent = Hello | FrameMessage | Written | Notice | GuestChanged | PastEvent | Gone
Take = Callable[[SourceEvent], None]


class Source(Protocol):
    """A VM that sends events and takes requests. Events come from any thread, in order."""

    def start(self, take: Take) -> None:
        """Power on and load the scripts. Blocks until both are done.

        Raises:
            engine.vm.process.StartError: the VM process did not come up.
            engine.vm.client.VmGone: it ended at once.
        """

    def restart(self, sources: dict[str, str]) -> None:
        """Start anew after the VM died, with these scripts by name. Blocks, raises as `start`."""

    def load(self, name: str, source: str, replace: str) -> Future[Reply]:
        """Load a script, in place of the loaded one called `replace`: all or nothing."""

    def reboot(self) -> Future[Reply]:
        """Press the reset button."""

    def pause(self) -> Future[Reply]:
        """Stop guest time."""

    def resume(self) -> Future[Reply]:
        """Let guest time go on."""

    def switch_probe(self, script: str, probe: int, *, on: bool) -> Future[Reply]:
        """Switch a probe of a script, by its number there, off or on."""

    def clear_aggregates(self) -> Future[Reply]:
        """Delete the rows of every aggregate."""

    def keys(self, text: str, to: TypingDevice) -> Future[Reply]:
        """Press keys in the guest, written as engine.machine.keystrokes describes."""

    def peek(self, address: int, size: int) -> Future[Reply]:
        """Guest memory by linear address, as virtual CPU 0 sees it now."""

    def ask(self, name: str, source: str, begin: float, until: float, moments: Iterable[int]) -> Question:
        """Run a script over the guest seconds from `begin` to `until`; Frames are made at these ticks as well.

        AskedFrame and Progress events come before the Reply.

        Raises:
            OSError: the machine is not running.
        """

    def when(self, condition: str, at: str) -> Question:
        """Find the moments of the kept past at which a VP expression held; Progress events come before the Reply.

        Raises:
            OSError: the machine is not running.
        """

    def why(self, question: Why) -> Question:
        """Find the firing that a row or a line came from; Progress events come before the Reply.

        Raises:
            OSError: the machine is not running.
        """

    def visit(self, tick: int, name: str, source: str) -> Question:
        """Bring a copy of the machine back to a tick; with a script, its firings can be stepped to.

        Raises:
            OSError: the machine is not running.
        """

    def keep(self, mib: int) -> Future[Reply]:
        """Set the memory that the checkpoints of the past may take, in MiB."""

    def step(self, visit: Question, unit: Unit, *, backward: bool) -> Question:
        """Move a visit to the next event of a kind, or to the one before."""

    def read_memory(self, visit: Question, address: int, size: int, cpu: int) -> Future[Reply]:
        """Read guest memory at a visit."""

    def cancel(self, question: Question) -> Future[Reply]:
        """End a question."""

    def check(self, name: str, source: str, take: TakeFinding) -> None:
        """Begin to check a script, without loading it; what an earlier check has not found yet may be dropped."""

    def close(self) -> None:
        """Power off. No event comes afterwards."""
