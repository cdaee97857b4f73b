# SPDX-License-Identifier: GPL-2.0-or-later
"""The past of a machine in this process, for notebooks and tests: questions wait for their answers."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

import msgspec

from engine.errors import VptopError
from engine.probes.compiled_script import ScriptRefused
from engine.probes.frame import AggregateData, Frame
from engine.vm import protocol
from engine.vm.past import conditions
from engine.vm.past.keeper import Keeper, Kept, PastError
from engine.vm.past.messages import (
    Ask,
    AskedFrame,
    Cancel,
    Memory,
    Moments,
    Origin,
    Progress,
    Question,
    ReadMemory,
    Step,
    Unit,
    View,
    Visit,
    When,
    Why,
)
from engine.vm.past.task import Earlier, Outgoing, Task, answers
from engine.vm.past.wire import Wire

if TYPE_CHECKING:
    from engine.vm.session import GuestSession

_ID, _CANCEL = 1, 2
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class AskedScript:
    """What a script found in seconds that had passed."""

    name: str
    frames: tuple[Frame, ...]
    """at each whole guest second, and at the end"""

    @property
    def aggregates(self) -> Mapping[str, AggregateData]:
        """Its aggregates by name, at the end; iterate one to get its rows."""
        latest = self.frames[-1].aggregates if self.frames else {}
        return MappingProxyType({name: data for (_, name), data in latest.items()})

    @property
    def log(self) -> str:
        """All that it printed."""
        return "".join(frame.log for frame in self.frames)


class Past:
    """Guest seconds that have passed."""

    def __init__(self, vm: GuestSession, keeper: Keeper, begin: int, until: int) -> None:
        """Use `VirtualMachine.past`. They begin and end at these ticks."""
        self._vm = vm
        self._keeper = keeper
        self._begin = begin
        self._until = until

    def load(
        self, source: str, name: str = "script.vp", progress: Callable[[float], object] | None = None
    ) -> AskedScript:
        """Run a script over these seconds, as if it had been loaded when they began.

        Args:
            source: the script.
            name: of the script.
            progress: called with the guest second that has been reached.

        Raises:
            ScriptRefused: it does not compile.
            PastError: no past is kept, or the process that ran it again ended.
        """
        self._vm.check(source, name)
        frames: list[Frame] = []
        with closing(self._wake(Ask(_ID, name, source), self._begin)) as connection:
            for event in connection.messages():
                if isinstance(event, AskedFrame):
                    frames.append(event.frame)
                elif isinstance(event, Progress) and progress is not None:
                    progress(event.at)
                elif isinstance(event, protocol.Reply):
                    _accept(event)
                    return AskedScript(name, tuple(frames))
        raise PastError("the process that ran these seconds again ended without an answer; ask again")

    def when(self, condition: str, at: str = "") -> Moments:
        """The moments at which a VP expression held.

        Args:
            condition: the expression; 0 is false.
            at: the probe point at which it is evaluated; by default every guest millisecond.

        Raises:
            ScriptRefused: it does not compile.
            PastError: no past is kept, or the process that ran it again ended.
        """
        check_condition(self._vm, condition, at)
        with closing(self._wake(When(_ID, condition, at), self._begin)) as connection:
            return _next(connection, Moments)

    def why(
        self,
        source: str,
        aggregate: str,
        integers: Sequence[int] = (),
        strings: Sequence[str] = (),
        *,
        ticks: int = 0,
        since: float = 0.0,
        name: str = "script.vp",
    ) -> Origin:
        """The firing that gave a row of a script's aggregate its largest value.

        Args:
            source: the script.
            aggregate: its name.
            integers: the row's integer keys.
            strings: its string keys, as a Row has them.
            ticks: ticks of the time stamp counter in a unit of the value, where it is a duration.
            since: guest seconds since power-on before which what was counted is left out.
            name: of the script.

        Raises:
            ScriptRefused: the script does not compile.
            PastError: there is no such row, or no past is kept.
        """
        return self._why(Why(_ID, name, source, aggregate, tuple(integers), tuple(strings), ticks, since=since))

    def why_printed(
        self, source: str, line: str, occurrence: int = 1, *, since: float = 0.0, name: str = "script.vp"
    ) -> Origin:
        """The firing that printed a line.

        Args:
            source: the script.
            line: all of the line, without its end.
            occurrence: which of equal lines.
            since: guest seconds since power-on before which what was printed is left out.
            name: of the script.

        Raises:
            ScriptRefused: the script does not compile.
            PastError: there is no such line, or no past is kept.
        """
        return self._why(Why(_ID, name, source, printed=line, occurrence=occurrence, since=since))

    def _why(self, question: Why) -> Origin:
        self._vm.check(question.source, question.name)
        with closing(self._wake(question, self._begin)) as connection:
            return _next(connection, Origin)

    def at(self, seconds: float, source: str = "", name: str = "script.vp") -> VisitedPast:
        """Visit a moment: guest seconds since power-on. With a script, its firings can be stepped to.

        Raises:
            ScriptRefused: the script does not compile.
            PastError: that moment is not kept, or has not come yet.
        """
        return self.at_tick(round(seconds * self._vm.tsc_hz), source, name)

    def at_tick(self, tick: int, source: str = "", name: str = "script.vp") -> VisitedPast:
        """Visit the moment at which the time stamp counter had reached a value; see `at`."""
        if source:
            self._vm.check(source, name)
        connection = self._wake(Visit(_ID, tick, name, source), tick)
        try:
            return VisitedPast(self._keeper, connection, _next(connection, View))
        except VptopError:
            connection.close()
            raise

    def _wake(self, question: Question, begin: int) -> Wire[Outgoing]:
        return Wire(wake(self._keeper, question, begin, self._until), answers)


class VisitedPast:
    """A moment, kept in a process of its own; close it, or use it as a context manager."""

    def __init__(self, keeper: Keeper, wire: Wire[Outgoing], view: View) -> None:
        self._keeper = keeper
        self._wire = wire
        self.view = view
        """Everything that can be seen of the moment."""

    def __enter__(self) -> VisitedPast:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave it."""
        self._wire.close()

    def step(self, unit: Unit = "block", *, backward: bool = False) -> View:
        """Go to the next event of a kind, or to the one before; `View.note` says where the past that is kept has none.

        Raises:
            PastError: the process that stood at the moment has ended.
            KeyboardInterrupt: it was interrupted; the visit stays where it was.
        """
        self._wire.send(Step(_ID, _ID, unit, backward))
        try:
            self.view = self._stepped()
        except KeyboardInterrupt:
            self._cancel_step()
            raise
        return self.view

    def _stepped(self) -> View:
        while isinstance(found := _next(self._wire, View, Earlier), Earlier):
            earlier = wake_earlier(self._keeper, found)
            self._wire.close()
            self._wire = Wire(earlier, answers)
        assert isinstance(found, View)  # noqa: S101 - the other kind
        return found

    def _cancel_step(self) -> None:
        """Cancel, and skip what the step has answered."""
        self._wire.send(Cancel(_CANCEL, _ID))
        for event in self._wire.messages():
            if isinstance(event, protocol.Reply) and event.id == _CANCEL:
                return

    def read(self, address: int, size: int, cpu: int = 0) -> bytes:
        """Guest memory by linear address as a VCPU sees it, up to the first byte that is not mapped."""
        self._wire.send(ReadMemory(_ID, _ID, address, size, cpu))
        return _next(self._wire, Memory).data


def check_condition(vm: GuestSession, condition: str, at: str) -> None:
    """Compile a condition.

    Raises:
        ScriptRefused: with diagnostics at their places in it.
    """
    if found := conditions.malformed(condition):
        raise ScriptRefused("condition cannot be evaluated", found)
    try:
        vm.check(conditions.script_of(condition, at), conditions.NAME)
    except ScriptRefused as refusal:
        moved = conditions.placed_in_condition(refusal.diagnostics, condition, at)
        raise ScriptRefused(refusal.message.replace("was not loaded", "cannot be evaluated"), moved) from refusal


def wake(keeper: Keeper, question: Question, begin: int, until: int) -> socket.socket:
    """Wake the latest checkpoint before a tick and give it a task; returns the connection on which it answers.

    Raises:
        PastError: no past is kept, or that moment is not in it.
    """
    kept = keeper.before(begin)
    if isinstance(question, Visit):
        if not kept.tick <= question.tick <= until:
            raise PastError(keeper.outside(question.tick, until))
    elif until <= kept.tick:
        raise PastError(keeper.before_all(until))
    return _give(keeper, kept, Task(question, (), max(begin, kept.tick), until))


def wake_earlier(keeper: Keeper, earlier: Earlier) -> socket.socket:
    """Let the checkpoint before that of a visit go on with a step; returns the connection on which it answers.

    Raises:
        PastError: no earlier one is kept any more.
    """
    kept = keeper.before(earlier.begin - 1)
    if kept.tick >= earlier.begin:
        raise PastError(keeper.before_all(earlier.tick))
    return _give(keeper, kept, Task(earlier.visit, (), kept.tick, earlier.until, earlier=earlier))


def _give(keeper: Keeper, kept: Kept, task: Task) -> socket.socket:
    try:
        connection = kept.checkpoint.wake()
    except OSError as error:
        raise PastError(f"the checkpoint has ended: {error.strerror or error}") from error
    whole = msgspec.structs.replace(task, inputs=keeper.inputs_after(kept), is_oldest=keeper.is_oldest(kept))
    connection.sendall(protocol.encode(whole))
    return connection


def _accept(reply: protocol.Reply) -> None:
    if not reply.ok:
        raise PastError(reply.message)


def _next(wire: Wire[Outgoing], *kinds: type[A]) -> A:
    """The next message of these kinds, or answer of such a kind in a Reply."""
    for event in wire.messages():
        if isinstance(event, kinds):
            return event
        if isinstance(event, protocol.Reply):
            _accept(event)
            if isinstance(event.past, kinds):
                return event.past
    raise PastError("the process that ran these seconds again ended without an answer; ask again")
