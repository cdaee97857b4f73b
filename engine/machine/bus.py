# SPDX-License-Identifier: GPL-2.0-or-later
"""Which device answers at which port and at which address above RAM."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class Access:
    """Which CPU makes the access that is being served."""

    def __init__(self) -> None:
        self.cpu: int | None = None
        """its number; None: no CPU makes an access (a device acts by itself, the firmware sets one up)"""


class PortDevice(Protocol):
    """Answers port instructions."""

    def port_read(self, port: int, size: int) -> int:
        """The value of 1, 2 or 4 bytes an IN gets."""
        ...

    def port_write(self, port: int, size: int, value: int) -> None:
        """Take what an OUT writes."""
        ...


class MemoryDevice(Protocol):
    """Answers loads and stores in a window of physical addresses above RAM."""

    def memory_read(self, address: int, size: int) -> int:
        """The value a load gets."""
        ...

    def memory_write(self, address: int, size: int, value: int) -> None:
        """Take what a store writes."""
        ...

    def memory_peek(self, address: int, size: int) -> int | None:
        """The value a load would get, without any effect; None when looking has one."""
        ...


class PortCore(Protocol):
    """What can answer reads of ports in place of their devices."""

    def serve_port(self, port: int, size: int, value: int, hz: int = 0) -> None:
        """Answer with a constant, or with a counter of guest time under a mask."""
        ...

    def release_port(self, port: int) -> None:
        """Ask the device again."""
        ...


@dataclass(slots=True)
class _Claim:
    device: PortDevice
    width: int


class PortBus:
    """The 65,536 I/O ports. An access is cut into pieces where it is wider than its device, as the ISA bus does, and
    where it leaves a double word, as the CPU does.
    """

    def __init__(self) -> None:
        self._claims: dict[int, _Claim] = {}
        self.core: PortCore | None = None
        """answers reads that devices hand over; None: nobody does"""

    def claim(self, device: PortDevice, first: int, count: int, width: int = 1) -> None:
        """Give ports to a device that takes accesses of up to `width` bytes."""
        for port in range(first, first + count):
            self._claims[port] = _Claim(device, width)

    def release(self, first: int, count: int) -> None:
        """Remove the device at these ports."""
        for port in range(first, first + count):
            self._claims.pop(port, None)

    def answer(self, port: int, size: int, value: int, hz: int = 0) -> None:
        """Reads of this size need not come to the device: they are a constant, or with `hz` a counter of guest time
        with `value` as its mask.
        """
        if self.core is not None:
            self.core.serve_port(port, size, value, hz)

    def release_answer(self, port: int) -> None:
        """Reads come to the device again."""
        if self.core is not None:
            self.core.release_port(port)

    def read(self, port: int, size: int) -> int:
        """What an IN instruction gets; all ones where there is no device."""
        claim = self._claims.get(port)
        if claim is None and size == 1:
            return 0xFF
        if claim is not None and size <= claim.width and (port & 3) + size <= 4:
            return claim.device.port_read(port, size)
        half = size // 2
        return self.read(port, half) | self.read((port + half) & 0xFFFF, half) << 8 * half

    def write(self, port: int, size: int, value: int) -> None:
        """What an OUT instruction does."""
        claim = self._claims.get(port)
        if claim is None and size == 1:
            return
        if claim is not None and size <= claim.width and (port & 3) + size <= 4:
            claim.device.port_write(port, size, value)
            return
        half = size // 2
        self.write(port, half, value & (1 << 8 * half) - 1)
        self.write((port + half) & 0xFFFF, half, value >> 8 * half)


DEVICE_MEMORY, DEVICE_MEMORY_END = 0xE0000000, 1 << 32
"""Where device memory may lie: below 4 GiB, above any RAM."""


class MemoryBus:
    """Device memory above RAM. Devices may move, the core only knows the range where they all are."""

    def __init__(self, open_window: Callable[[int, int], None]) -> None:
        """`open_window(address, size)` makes the core ask for accesses there."""
        self._open_window = open_window
        self._open = False
        self._windows: list[tuple[int, int, MemoryDevice]] = []

    def claim(self, device: MemoryDevice, address: int, size: int) -> None:
        """Give a window of physical addresses to a device."""
        if not self._open:
            self._open = True
            self._open_window(DEVICE_MEMORY, DEVICE_MEMORY_END - DEVICE_MEMORY)
        self._windows.append((address, address + size, device))

    def release(self, address: int, size: int) -> None:
        """Remove the device at these addresses."""
        self._windows = [window for window in self._windows if window[:2] != (address, address + size)]

    def read(self, address: int, size: int) -> int:
        """What a load gets: all ones where there is no device."""
        for start, end, device in self._windows:
            if start <= address < end:
                return device.memory_read(address, size)
        return (1 << 8 * size) - 1

    def peek(self, address: int, size: int) -> int | None:
        """What a load would get, without any effect; None where that is unknown."""
        for start, end, device in self._windows:
            if start <= address and address + size <= end:
                return device.memory_peek(address, size)
        return None

    def write(self, address: int, size: int, value: int) -> None:
        """What a store does."""
        for start, end, device in self._windows:
            if start <= address < end:
                device.memory_write(address, size, value)
                return
