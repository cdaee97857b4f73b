# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtio network device (VIRTIO 1.2, 5.1)."""

from __future__ import annotations

import struct

from engine.core.points import Point
from engine.machine.bus import MemoryBus
from engine.machine.clock import Clock, Event
from engine.machine.devices.device import Fire, Line
from engine.machine.devices.rtl8139 import ADAPTER
from engine.machine.devices.virtio.device import VirtioDevice
from engine.machine.devices.virtio.queue import Chain
from engine.machine.memory import Memory
from engine.machine.net.wire import Receiver, wire_ns

MAC, STATUS = 1 << 5, 1 << 16
"""Features (5.1.3)."""
_LINK_UP = 1
_RECEIVE, _TRANSMIT = 0, 1
_HEADER = struct.pack("<BBHHHHH", 0, 0, 0, 0, 0, 0, 1)
"""struct virtio_net_hdr of a frame in one buffer, nothing offloaded."""
_SHORTEST, _LONGEST = 60, 1514


class VirtioNetwork(VirtioDevice):
    """A network card with a receive and a transmit queue, on a wire of 100 Mbit/s."""

    name = "virtio network"
    kind = 1
    class_code = 0x020000
    queues_of = 2
    own_features = MAC | STATUS

    def __init__(self, windows: MemoryBus, clock: Clock, memory: Memory, irq: Line, fire: Fire, mac: bytes) -> None:
        super().__init__(windows, memory, irq)
        self._clock = clock
        self._fire = fire
        self._mac = mac
        self.wire: Receiver | None = None
        """takes what the card has sent"""
        self._sending: Chain | None = None
        self._event: Event | None = None

    def stop(self) -> None:
        """Reset: the frame on its way is lost."""
        self._clock.cancel(self._event)
        self._event = self._sending = None

    def device_configuration(self) -> bytes:
        """Address and link status (5.1.4)."""
        return (self._mac + struct.pack("<H", _LINK_UP)).ljust(64, b"\0")

    # --- sending -----------------------------------------------------------------------------------------------------

    def serve(self, number: int) -> None:
        """Send what waits; buffers to receive into wait for frames."""
        if number == _TRANSMIT and self._sending is None:
            self._send_next()

    def _send_next(self) -> None:
        """Put the next frame on the wire; it is done when its last bit has left."""
        while (chain := self.pop(_TRANSMIT)) is not None:
            size = len(chain.read(self._memory)) - len(_HEADER)
            if 0 < size <= _LONGEST:
                self._sending = chain
                self._fire(Point.MAC_SEND_PACKET, (ADAPTER,))
                self._event = self._clock.after(wire_ns(size), self._sent)
                return
            self.counts["frames refused"] += 1
            self.push(_TRANSMIT, chain, 0)

    def _sent(self) -> None:
        chain, self._sending, self._event = self._sending, None, None
        assert chain is not None  # noqa: S101 - by construction
        frame = chain.read(self._memory)[len(_HEADER) :].ljust(_SHORTEST, b"\0")
        self.counts["frames sent"] += 1
        self.counts["bytes sent"] += len(frame)
        self.push(_TRANSMIT, chain, 0)
        if self.wire is not None:
            self.wire(frame)
        self._send_next()

    # --- receiving ---------------------------------------------------------------------------------------------------

    def receive(self, frame: bytes) -> None:
        """A frame arrives: from destination to payload, without frame check sequence."""
        if not self.running or not self._is_mine(frame):
            return
        chain = self.pop(_RECEIVE)
        if chain is None:
            self.counts["frames missed"] += 1
            return
        data = _HEADER + frame
        if chain.room < len(data):
            self.counts["frames missed"] += 1
            self.push(_RECEIVE, chain, 0)
            return
        self.counts["frames received"] += 1
        self.counts["bytes received"] += len(frame)
        self._fire(Point.MAC_RECEIVE_PACKET, (ADAPTER,))
        self.push(_RECEIVE, chain, chain.write(self._memory, data))

    def _is_mine(self, frame: bytes) -> bool:
        """Without a control queue the device passes multicast on and nothing that is for others (5.1.6.5.1)."""
        return bool(frame[0] & 1) or frame[:6] == self._mac
