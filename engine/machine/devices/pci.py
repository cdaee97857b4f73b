# SPDX-License-Identifier: GPL-2.0-or-later
"""The PCI bus and the chipset's own functions."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from engine.machine.bus import PortBus
from engine.machine.devices.device import HIGH, LOW, Device, Line

COMMAND_IO, COMMAND_MEMORY, COMMAND_MASTER = 1, 2, 4
_COMMAND, _CACHE_LINE, _LATENCY, _INTERRUPT_LINE = 0x04, 0x0C, 0x0D, 0x3C
_BAR0 = 0x10
_HEADER_TYPE, _INTERRUPT_PIN = 0x0E, 0x3D
MULTIFUNCTION, BAR_IO = 0x80, 0x01
BAR_IO_BITS, BAR_MEMORY_BITS = 0xFFFFFFFC, 0xFFFFFFF0
_ADDRESS, _DATA = 0xCF8, 0xCFC
ADDRESS_ENABLE, ADDRESS_WRITABLE, ADDRESS_REGISTER = 1 << 31, 0x80FFFFFC, 0xFC
_ROUTING, _NOT_ROUTED = 0x60, 0x80
PINS = 4


def wire_of(device: int) -> int:
    """Which of PIRQA# to PIRQD# the INTA# pin of a device is soldered to: each slot begins one further."""
    return (device - 1) % PINS


@dataclass(slots=True)
class PciFunction:
    """Configuration space of one function (PCI Local Bus Specification 2.1, chapter 6)."""

    vendor: int
    device: int
    class_code: int
    """24 bits: class, subclass, programming interface"""
    revision: int = 0
    multifunction: bool = False
    interrupt_pin: int = 0
    bars: dict[int, int] = field(default_factory=dict)
    """base address registers: number to size; positive in memory space, negative in I/O space"""
    writable: dict[int, int] = field(default_factory=dict)
    """further writable bytes: offset to mask"""
    changed: Callable[[], None] | None = None
    """called after the guest wrote to the configuration"""
    space: bytearray = field(default_factory=lambda: bytearray(256))
    mask: bytearray = field(default_factory=lambda: bytearray(256))

    def __post_init__(self) -> None:
        header = MULTIFUNCTION if self.multifunction else 0
        struct.pack_into("<HH", self.space, 0, self.vendor, self.device)
        struct.pack_into("<I", self.space, 8, self.class_code << 8 | self.revision)
        self.space[_HEADER_TYPE] = header
        self.space[_INTERRUPT_PIN] = self.interrupt_pin
        self.mask[_COMMAND] = COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER
        self.mask[_CACHE_LINE] = self.mask[_LATENCY] = self.mask[_INTERRUPT_LINE] = 0xFF
        for number, size in self.bars.items():
            offset = _BAR0 + 4 * number
            struct.pack_into("<I", self.mask, offset, -abs(size) & (BAR_IO_BITS if size < 0 else BAR_MEMORY_BITS))
            self.space[offset] = BAR_IO if size < 0 else 0
        for offset, bits in self.writable.items():
            self.mask[offset] = bits

    @property
    def command(self) -> int:
        """The command register: which accesses the function takes part in."""
        return self.space[_COMMAND]

    def bar(self, number: int) -> int:
        """Where the guest put the registers behind a base address register; 0 while it does not let them answer."""
        if not self.command & (COMMAND_IO if self.bars[number] < 0 else COMMAND_MEMORY):
            return 0
        value: int = struct.unpack_from("<I", self.space, _BAR0 + 4 * number)[0]
        return value & (BAR_IO_BITS & 0xFFFF if value & BAR_IO else BAR_MEMORY_BITS)

    def read(self, offset: int, size: int) -> int:
        """Bytes of the configuration."""
        return int.from_bytes(self.space[offset : offset + size], "little")

    def write(self, offset: int, size: int, value: int) -> None:
        """Change what may be changed."""
        for index, byte in enumerate(value.to_bytes(size, "little")):
            mask = self.mask[offset + index]
            self.space[offset + index] = self.space[offset + index] & ~mask | byte & mask
        if self.changed is not None:
            self.changed()

    def clear(self) -> None:
        """Reset: everything writable to 0."""
        for offset, mask in enumerate(self.mask):
            self.space[offset] &= ~mask
        if self.changed is not None:
            self.changed()


@dataclass(slots=True)
class Decoder:
    """Keeps a function's registers where its configuration says."""

    wanted: Callable[[], int]
    """where they should be; 0: nowhere"""
    claim: Callable[[int], None]
    """gives them a place on their bus"""
    release: Callable[[int], None]
    base: int = 0
    """where they are"""

    def update(self) -> None:
        """The configuration may have changed."""
        base = self.wanted()
        if base == self.base:
            return
        if self.base:
            self.release(self.base)
        self.base = base
        if base:
            self.claim(base)


class PciBus(Device):
    """Configuration mechanism 1 at ports 0xcf8 and 0xcfc (PCI 2.1, 3.7.4.1) over one bus, with the Intel 82441FX host
    bridge (290549) and the ISA function of the PIIX3 (290550).
    """

    name = "PCI"

    def __init__(self, ports: PortBus, set_irq: Callable[[int, bool], None]) -> None:
        """`set_irq` drives an input of the interrupt controllers."""
        super().__init__()
        self._address = 0
        self._set_irq = set_irq
        self._asserted: set[int] = set()
        self._driven: frozenset[int] = frozenset()
        self._functions: dict[int, PciFunction] = {}
        self._names: dict[int, str] = {}
        self.add(0, 0, PciFunction(0x8086, 0x1237, 0x060000, revision=2))
        routing = dict.fromkeys(range(_ROUTING, _ROUTING + PINS), _NOT_ROUTED | 0x0F)
        self.isa = PciFunction(
            0x8086, 0x7000, 0x060100, multifunction=True, writable=routing, changed=self._route_interrupts
        )
        self.add(1, 0, self.isa)
        ports.claim(self, _ADDRESS, 1, width=4)
        ports.claim(self, _DATA, 4, width=4)

    def add(self, device: int, function: int, configuration: PciFunction) -> None:
        """Plug a function in."""
        self._functions[device << 3 | function] = configuration

    def functions(self) -> Iterator[tuple[int, PciFunction]]:
        """Every function with its device number, in order."""
        for number, function in sorted(self._functions.items()):
            yield number >> 3, function

    def reset(self) -> None:
        """RST# to every function."""
        self._address = 0
        self._asserted.clear()
        for function in self._functions.values():
            function.clear()
        for pin in range(PINS):
            self.isa.space[_ROUTING + pin] = _NOT_ROUTED
        self._route_interrupts()

    # --- interrupts --------------------------------------------------------------------------------------------------

    def interrupt(self, device: int, name: str = "") -> Line:
        """The INTA# pin of a device, and what the device is."""
        if name:
            self._names[device] = name
        return partial(self._drive, device)

    def routed(self) -> Iterator[tuple[int, str]]:
        """The interrupt request that each device with a name raises."""
        for device, name in sorted(self._names.items()):
            route = self._route(device)
            if not route & _NOT_ROUTED:
                yield route, name

    def _route(self, device: int) -> int:
        return self.isa.space[_ROUTING + wire_of(device)]

    def _drive(self, device: int, level: bool) -> None:
        (self._asserted.add if level else self._asserted.discard)(device)
        self._route_interrupts()

    def _route_interrupts(self) -> None:
        """PIRQRCA to PIRQRCD (290550, 2.3.9) say which interrupt request each wire of the bus drives."""
        routes = {self._route(device) for device in self._asserted}
        driven = frozenset(route for route in routes if not route & _NOT_ROUTED)
        released, raised = self._driven - driven, driven - self._driven
        self._driven = driven
        for number in sorted(released):
            self._set_irq(number, LOW)
        for number in sorted(raised):
            self._set_irq(number, HIGH)

    # --- configuration -----------------------------------------------------------------------------------------------

    def _selected(self) -> PciFunction | None:
        if not self._address & ADDRESS_ENABLE or self._address >> 16 & 0xFF:
            return None
        return self._functions.get(self._address >> 8 & 0xFF)

    def port_read(self, port: int, size: int) -> int:
        """The address register (32 bits wide only) or data of the chosen function."""
        if port < _DATA:
            return self._address if size == 4 and port == _ADDRESS else (1 << 8 * size) - 1
        function = self._selected()
        if function is None:
            return (1 << 8 * size) - 1
        self.counts["configuration reads"] += 1
        return function.read((self._address & ADDRESS_REGISTER) + (port & 3), size)

    def port_write(self, port: int, size: int, value: int) -> None:
        """Choose a register, or write it."""
        if port < _DATA:
            if size == 4 and port == _ADDRESS:
                self._address = value & ADDRESS_WRITABLE
            return
        function = self._selected()
        if function is not None:
            self.counts["configuration writes"] += 1
            function.write((self._address & ADDRESS_REGISTER) + (port & 3), size, value)
