# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtio entropy device (VIRTIO 1.2, 5.4)."""

from __future__ import annotations

from random import Random

from engine.machine.bus import MemoryBus
from engine.machine.devices.device import Line
from engine.machine.devices.virtio.device import VirtioDevice
from engine.machine.memory import Memory

_MOST_BYTES = 4096


class VirtioEntropy(VirtioDevice):
    """Random bytes that the machine's seed determines, so that runs can be repeated."""

    name = "virtio entropy"
    kind = 4
    class_code = 0xFF0000

    def __init__(self, windows: MemoryBus, memory: Memory, irq: Line, seed: int) -> None:
        super().__init__(windows, memory, irq)
        self._random = Random(seed)  # noqa: S311 - repeatable on purpose

    def serve(self, number: int) -> None:
        """Fill all buffers that wait."""
        while (chain := self.pop(number)) is not None:
            data = self._random.randbytes(min(chain.room, _MOST_BYTES))
            self.counts["bytes"] += len(data)
            self.push(number, chain, chain.write(self._memory, data))
