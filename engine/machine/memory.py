# SPDX-License-Identifier: GPL-2.0-or-later
"""Guest RAM as devices see it: read in place, written with notice to the CPU."""

from __future__ import annotations

from collections.abc import Callable


class Memory:
    """Physical memory from address 0. Reads beyond its end give all ones, writes there vanish, as on a bus."""

    def __init__(self, ram: memoryview, changed: Callable[[int, int], None]) -> None:
        """`changed(address, bytes)` makes the CPU forget code it translated from there."""
        self._ram = ram
        self._changed = changed

    def __len__(self) -> int:
        return len(self._ram)

    def read(self, address: int, size: int) -> bytes:
        """Copy bytes out."""
        data = bytes(self._ram[address : address + size])
        return data if len(data) == size else data + b"\xff" * (size - len(data))

    def write(self, address: int, data: bytes | bytearray | memoryview) -> None:
        """Copy bytes in, as direct memory access does."""
        data = bytes(data[: max(0, len(self._ram) - address)])
        if data:
            self._ram[address : address + len(data)] = data
            self._changed(address, len(data))

    def read_int(self, address: int, size: int) -> int:
        """A little-endian number."""
        return int.from_bytes(self.read(address, size), "little")

    def write_int(self, address: int, size: int, value: int) -> None:
        """Store a little-endian number."""
        self.write(address, value.to_bytes(size, "little"))
