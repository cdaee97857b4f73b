# SPDX-License-Identifier: GPL-2.0-or-later
"""What all virtio devices over PCI have in common: registers, queues, the pin-based interrupt (VIRTIO 1.2, 4.1)."""

from __future__ import annotations

import struct
from functools import partial
from typing import ClassVar

from engine.machine.bus import MemoryBus
from engine.machine.devices.device import LOW, Device, Line
from engine.machine.devices.pci import COMMAND_MASTER, Decoder
from engine.machine.devices.virtio.function import MODERN, NOTIFY_MULTIPLIER, PART, VENDOR, WINDOW, Part, VirtioFunction
from engine.machine.devices.virtio.queue import BrokenQueueError, Chain, VirtQueue
from engine.machine.memory import Memory

QUEUE_ENTRIES = 128
INDIRECT_DESCRIPTORS, VERSION_1 = 1 << 28, 1 << 32
"""Features of every device (6)."""
_NO_VECTOR = 0xFFFF
_DRIVER_OK, FEATURES_OK, NEEDS_RESET = 0x04, 0x08, 0x40
_QUEUE_CHANGED, _CONFIGURATION_CHANGED = 1, 2
_COMMON = struct.Struct("<IIIIHHBBHHHHHQQQ")
"""The common configuration structure (4.1.4.3)."""
_FIELDS = {
    0x00: (4, "device_feature_select"), 0x08: (4, "driver_feature_select"), 0x0C: (4, "driver_feature"),
    0x14: (1, "device_status"), 0x16: (2, "queue_select"), 0x18: (2, "queue_size"), 0x1C: (2, "queue_enable"),
    0x20: (4, "queue_desc"), 0x24: (4, "queue_desc_high"), 0x28: (4, "queue_driver"), 0x2C: (4, "queue_driver_high"),
    0x30: (4, "queue_device"), 0x34: (4, "queue_device_high"),
}  # fmt: skip
"""Writable fields by offset: size and name."""
_ADDRESSES = {"queue_desc": "descriptors", "queue_driver": "available", "queue_device": "used"}


class VirtioDevice(Device):
    """A device with some queues. Subclasses say what they are and serve their queues."""

    kind: ClassVar[int]
    """device type (5)"""
    class_code: ClassVar[int]
    queues_of: ClassVar[int] = 1
    """how many queues there are"""
    own_features: ClassVar[int] = 0

    def __init__(self, windows: MemoryBus, memory: Memory, irq: Line) -> None:
        super().__init__()
        self._memory = memory
        self._irq = irq
        self.queues = [VirtQueue(QUEUE_ENTRIES) for _ in range(self.queues_of)]
        self._clear()
        self.configuration = VirtioFunction(
            VENDOR, MODERN + self.kind, self.class_code, revision=1, interrupt_pin=1, bars={0: WINDOW},
            changed=self._moved, read_window=self._read, write_window=self._write,
        )  # fmt: skip
        self._window = Decoder(
            partial(self.configuration.bar, 0), partial(windows.claim, self, size=WINDOW),
            partial(windows.release, size=WINDOW),
        )  # fmt: skip

    # --- for devices -------------------------------------------------------------------------------------------------

    def device_configuration(self) -> bytes:
        """The device's own registers."""
        return b""

    def serve(self, number: int) -> None:
        """The driver has put requests into a queue."""

    def stop(self) -> None:
        """The device is being reset: forget what is under way."""

    @property
    def running(self) -> bool:
        """Whether the driver is ready and the device may reach memory."""
        ready = self._status & (_DRIVER_OK | NEEDS_RESET) == _DRIVER_OK
        return ready and bool(self.configuration.command & COMMAND_MASTER)

    def pop(self, number: int) -> Chain | None:
        """The next request of a queue; None while there is none, or it makes no sense, and the device then stops."""
        if not self.running:
            return None
        try:
            return self.queues[number].pop(self._memory)
        except BrokenQueueError:
            self.counts["broken requests"] += 1
            self._status |= NEEDS_RESET
            self._interrupt(_CONFIGURATION_CHANGED)
            return None

    def push(self, number: int, chain: Chain, written: int) -> None:
        """Return a request with the number of bytes written into its buffers."""
        if self.queues[number].push(self._memory, chain, written):
            self._interrupt(_QUEUE_CHANGED)

    # --- reset -------------------------------------------------------------------------------------------------------

    def _clear(self) -> None:
        self._status = self._isr = 0
        self._device_word = self._driver_word = self._selected = 0
        self._accepted = 0
        for queue in self.queues:
            queue.clear()

    def reset(self) -> None:
        """RST#, or 0 written to device_status (2.4)."""
        self.stop()
        self._clear()
        self._irq(LOW)

    def _moved(self) -> None:
        """The guest changed the configuration."""
        self._window.update()

    def _interrupt(self, cause: int) -> None:
        if not self._isr:
            self.counts["interrupts"] += 1
        self._isr |= cause
        self._irq(bool(self._isr))

    # --- registers ---------------------------------------------------------------------------------------------------

    def memory_read(self, address: int, size: int) -> int:
        """Registers in memory space."""
        return self._read(address - self._window.base, size)

    def memory_peek(self, address: int, size: int) -> int | None:
        """Reading has no effect, except on the ISR status."""
        offset = address - self._window.base
        return None if offset // PART == Part.ISR else self._read(offset, size)

    def memory_write(self, address: int, size: int, value: int) -> None:
        """Registers in memory space."""
        self._write(address - self._window.base, size, value)

    def _read(self, offset: int, size: int) -> int:
        part, offset = divmod(offset, PART)
        if part == Part.ISR:
            value, self._isr = self._isr, 0
            self._irq(LOW)
            return value
        image = {Part.COMMON: self._common, Part.DEVICE: self.device_configuration}.get(Part(part), bytes)()
        return int.from_bytes(image[offset : offset + size], "little")

    def _common(self) -> bytes:
        queue = self.queues[self._selected] if self._selected < len(self.queues) else VirtQueue(0)
        return _COMMON.pack(
            self._device_word, self._features >> 32 * self._device_word & 0xFFFFFFFF if self._device_word < 2 else 0,
            self._driver_word, self._accepted >> 32 * self._driver_word & 0xFFFFFFFF if self._driver_word < 2 else 0,
            _NO_VECTOR, len(self.queues), self._status, 0, self._selected, queue.size, _NO_VECTOR, queue.enabled,
            self._selected, queue.descriptors, queue.available, queue.used,
        )  # fmt: skip

    @property
    def _features(self) -> int:
        return self.own_features | INDIRECT_DESCRIPTORS | VERSION_1

    def _write(self, offset: int, size: int, value: int) -> None:
        part, offset = divmod(offset, PART)
        if part == Part.NOTIFY:
            if offset // NOTIFY_MULTIPLIER < len(self.queues):
                self.counts["notifications"] += 1
                self.serve(offset // NOTIFY_MULTIPLIER)
        elif part == Part.COMMON:
            if size == 8:  # addresses may be written whole
                self._write(offset, 4, value & 0xFFFFFFFF)
                self._write(offset + 4, 4, value >> 32)
                return
            width, name = _FIELDS.get(offset, (0, ""))
            if width == size:
                self._set(name, value)

    def _set(self, name: str, value: int) -> None:
        queue = self.queues[self._selected] if self._selected < len(self.queues) else VirtQueue(0)
        if name == "device_status":
            self._set_status(value)
        elif name == "device_feature_select":
            self._device_word = value
        elif name == "driver_feature_select":
            self._driver_word = value
        elif name == "driver_feature" and self._driver_word < 2 and not self._status & FEATURES_OK:
            shift = 32 * self._driver_word
            self._accepted = self._accepted & ~(0xFFFFFFFF << shift) | value << shift
        elif name == "queue_select":
            self._selected = value
        elif name == "queue_size":
            if 0 < value <= queue.most and not value & value - 1:
                queue.size = value
        elif name == "queue_enable":
            queue.enabled = queue.enabled or (value == 1 and queue.size > 0)
        elif name.removesuffix("_high") in _ADDRESSES:
            attribute = _ADDRESSES[name.removesuffix("_high")]
            shift = 32 if name.endswith("_high") else 0
            before: int = getattr(queue, attribute)
            setattr(queue, attribute, before & ~(0xFFFFFFFF << shift) | value << shift)

    def _set_status(self, value: int) -> None:
        if value == 0:
            self.reset()
            return
        if value & FEATURES_OK and not self._status & FEATURES_OK:
            unknown = self._accepted & ~self._features
            if unknown or not self._accepted & VERSION_1:
                value &= ~FEATURES_OK
        self._status = value | self._status & NEEDS_RESET
        if self.running:
            for number in range(len(self.queues)):
                self.serve(number)
