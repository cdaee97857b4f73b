# SPDX-License-Identifier: GPL-2.0-or-later
"""External input to a machine, logged by block count so that a run can be replayed byte for byte."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from engine.errors import MachineStoppedError, VptopError
from engine.machine.choices import TypingDevice
from engine.machine.keystrokes import has_keys, scan_codes, strokes, terminal_bytes

if TYPE_CHECKING:
    from engine.machine.machine import Machine

Kind = Literal["serial", "keyboard", "reset", "power", "nmi"]


class Input(msgspec.Struct, frozen=True):
    """One input, applied before a block."""

    block: int
    """blocks executed since power-on"""
    tick: int
    kind: Kind
    text: str = ""
    """what was typed, as engine.machine.keystrokes writes keys"""


class ReplayDivergedError(MachineStoppedError):
    """The run differs from the recorded one, so the rest of it is not a replay.

    Replay with the version of vptop, the disk image and the machine settings of the recording.
    """


class ReplayInputError(VptopError):
    """Input for a machine that replays a recording. End the replay to use the guest yourself."""


_ACTIONS: dict[Kind, Callable[[Machine, str], None]] = {
    "serial": lambda machine, text: machine.type(terminal_bytes(strokes(text))),
    "keyboard": lambda machine, text: machine.type_keyboard(text),
    "reset": lambda machine, _: machine.reset(),
    "power": lambda machine, _: machine.press_power(),
    "nmi": lambda machine, _: machine.nmi(),
}


class Planned(NamedTuple):
    """Keys that are typed later."""

    tick: int
    text: str
    to: TypingDevice


_NO_INPUT = "a replay takes no input: it repeats the recorded input"


class Outside:
    """Applies every external input. A replay applies recorded inputs at their blocks and refuses others."""

    def __init__(
        self,
        machine: Machine,
        log: Callable[[Input], object] | None = None,
        replay: Iterable[Input] | None = None,
        until: int | None = None,
    ) -> None:
        """Everything from outside goes through this.

        Args:
            machine: where it goes to.
            log: called with each input, repeated ones too.
            replay: inputs of a recorded run, in order.
            until: tick at which that ended; from then on, other inputs are taken.
        """
        self._machine = machine
        self.listeners: list[Callable[[Input], object]] = [] if log is None else [log]
        """called with each input before it is applied"""
        self._coming = deque(replay or ())
        self._planned: deque[Planned] = deque()
        self._is_replay = replay is not None
        self._until = until

    @property
    def replays(self) -> bool:
        """Only recorded inputs come in, as long as the recorded run went on."""
        return self._is_replay and (self._until is None or self._machine.ticks < self._until)

    def do(self, kind: Kind, text: str = "") -> None:
        """Apply an input to the machine, which must be stopped.

        Raises:
            ReplayInputError: this run only repeats recorded input.
        """
        if self.replays:
            raise ReplayInputError(_NO_INPUT)
        self._apply(Input(self._machine.counters().blocks, self._machine.ticks, kind, text))

    def type(self, text: str, to: TypingDevice = "auto") -> None:
        """Press keys, written as engine.machine.keystrokes describes.

        Args:
            text: the keys.
            to: the device; by default the serial console when a program has it open, else the keyboard. What has no
                key goes to the console.

        Raises:
            KeysError: a key is unknown, or the keyboard has none for a character; nothing has been typed.
            ReplayInputError: this run only repeats recorded input.
        """
        typed = strokes(text)
        if to == "auto":
            to = "serial" if self._machine.motherboard.consoles.is_open or not has_keys(typed) else "keyboard"
        elif to == "keyboard":
            scan_codes(typed)
        self.do(to, text)

    def plan(self, planned: Iterable[Planned]) -> None:
        """Type later, in `run`; in the order of ticks, behind what is planned already.

        Raises:
            ReplayInputError: this run only repeats recorded input.
        """
        if self.replays:
            raise ReplayInputError(_NO_INPUT)
        self._planned.extend(planned)

    def run(self, until: int) -> None:
        """Run the guest until a tick, as `Machine.run` does.

        Raises:
            ReplayDivergedError: the next input was recorded at another block.
            MachineStoppedError: the machine cannot continue.
        """
        while self._coming and self._coming[0].tick <= until:
            self._machine.run(self._coming[0].tick)
            if self._machine.ticks < self._coming[0].tick:
                return
            coming = self._coming.popleft()
            here = self._machine.counters().blocks
            if here != coming.block:
                raise ReplayDivergedError(f"replay diverged: at block {here}, expected block {coming.block}")
            self._apply(coming)
        while self._planned and self._planned[0].tick <= until:
            self._machine.run(self._planned[0].tick)
            if self._machine.ticks < self._planned[0].tick:
                return
            planned = self._planned.popleft()
            self.type(planned.text, planned.to)
        self._machine.run(until)

    def _apply(self, coming: Input) -> None:
        for listener in self.listeners:
            listener(coming)
        _ACTIONS[coming.kind](self._machine, coming.text)


class Rerun(Outside):
    """What has happened to a machine happens again in a copy of it: its inputs, and its stops.

    Where the machine could not continue, and yet has gone on, somebody had told it to: so does the copy.
    """

    def run(self, until: int) -> None:
        """As in Outside; a stop after which guest time passes ends nothing.

        Raises:
            MachineStoppedError: the machine can never continue, or the run has diverged.
        """
        while self._runs_into_a_stop(until) and self._machine.ticks < until:
            pass

    def _runs_into_a_stop(self, until: int) -> bool:
        begun = self._machine.ticks
        try:
            super().run(until)
        except ReplayDivergedError:
            raise
        except MachineStoppedError:
            if self._machine.ticks == begun:
                raise
            return True
        return False
