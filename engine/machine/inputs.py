# SPDX-License-Identifier: GPL-2.0-or-later
"""External input to a machine, logged by block count so that a run can be replayed byte for byte."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from engine.errors import MachineStoppedError, VptopError
from engine.machine.machine import Machine

Kind = Literal["serial", "keyboard", "reset", "power", "nmi"]


class Input(msgspec.Struct, frozen=True):
    """One input, applied before a block."""

    block: int
    """blocks executed since power-on"""
    tick: int
    kind: Kind
    text: str = ""
    """what was typed"""


class ReplayDivergedError(MachineStoppedError):
    """The run differs from the recorded one, so the rest of it is not a replay.

    Replay with the version of vptop, the disk image and the machine settings of the recording.
    """


class ReplayInputError(VptopError):
    """Input for a machine that replays a recording. End the replay to use the guest yourself."""


_ACTIONS: dict[Kind, Callable[[Machine, str], None]] = {
    "serial": lambda machine, text: machine.type(text.encode()),
    "keyboard": lambda machine, text: machine.type_keyboard(text),
    "reset": lambda machine, _: machine.reset(),
    "power": lambda machine, _: machine.press_power(),
    "nmi": lambda machine, _: machine.nmi(),
}


class Outside:
    """Applies every external input. A replay applies recorded inputs at their blocks and refuses others."""

    def __init__(
        self, machine: Machine, log: Callable[[Input], object] | None = None, replay: Iterable[Input] | None = None
    ) -> None:
        """`log` is called with each input, repeated ones too; `replay` has those of a recorded run, in order."""
        self._machine = machine
        self.listeners: list[Callable[[Input], object]] = [] if log is None else [log]
        """called with each input before it is applied"""
        self._coming = deque(replay or ())
        self.replays = replay is not None

    def do(self, kind: Kind, text: str = "") -> None:
        """Apply an input to the machine, which must be stopped.

        Raises:
            ReplayInputError: this run only repeats recorded input.
        """
        if self.replays:
            raise ReplayInputError("a replay takes no input: it repeats the recorded input")
        self._apply(Input(self._machine.counters().blocks, self._machine.ticks, kind, text))

    def run(self, until: int) -> None:
        """Run the guest until a tick, as `Machine.run` does.

        Raises:
            ReplayDivergedError: the next input was recorded at another block.
            MachineStoppedError: the machine cannot continue.
        """
        while self._coming and self._coming[0].tick <= until:
            self._machine.run(self._coming[0].tick)
            coming = self._coming.popleft()
            here = self._machine.counters().blocks
            if here != coming.block:
                raise ReplayDivergedError(f"replay diverged: at block {here}, expected block {coming.block}")
            self._apply(coming)
        self._machine.run(until)

    def _apply(self, coming: Input) -> None:
        for listener in self.listeners:
            listener(coming)
        _ACTIONS[coming.kind](self._machine, coming.text)
