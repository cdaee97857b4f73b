# SPDX-License-Identifier: GPL-2.0-or-later
"""What a network card is plugged into: a wire with a host at its far end."""

from __future__ import annotations

from engine.machine.clock import Clock
from engine.machine.devices.device import Device
from engine.machine.net.gateway import Host
from engine.machine.net.wire import Direction, Receiver

_THINKING_NS = 120_000
"""How long the host takes to answer a frame."""


class Network(Device):
    """The wire and the host. Neither takes part in a reset of the machine."""

    name = "network"

    def __init__(self, clock: Clock, card: Receiver) -> None:
        """`card` takes the frames that arrive at the machine."""
        super().__init__()
        self.host = Host(counts=self.counts)
        self._to_host = Direction(clock, self._answer)
        self._to_card = Direction(clock, card)

    def send(self, frame: bytes) -> None:
        """The last bit of a frame has left the card."""
        self._to_host.pass_on(frame)

    def _answer(self, frame: bytes) -> None:
        for answer in self.host.take(frame):
            self._to_card.send(answer, after_ns=_THINKING_NS)
