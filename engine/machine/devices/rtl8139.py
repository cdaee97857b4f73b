# SPDX-License-Identifier: GPL-2.0-or-later
"""The network card."""

from __future__ import annotations

import struct
import zlib
from collections import deque
from collections.abc import Callable
from functools import partial

from engine.core.points import Point
from engine.machine.bus import MemoryBus, PortBus
from engine.machine.clock import Clock, Event
from engine.machine.devices import rtl8139_registers as bits
from engine.machine.devices.device import LOW, Device, Fire, Line
from engine.machine.devices.eeprom_93c46 import Eeprom93C46
from engine.machine.devices.pci import COMMAND_MASTER, Decoder, PciFunction
from engine.machine.devices.receive_ring import ReceiveRing
from engine.machine.devices.rtl8139_registers import ADDRESS, REGISTER_AT, RESET_VALUES, SIZE, STATUS, Rtl
from engine.machine.memory import Memory
from engine.machine.net.wire import Receiver, wire_ns

PCI_HZ = 33_000_000
"""What TCTR counts."""
ADAPTER = 0
"""ARG0 of MAC_SendPacket and MAC_ReceivePacket (manual, p. 28)."""
_EMPTY, _TRANSMITTER, _RECEIVER, _RESET = 0x01, 0x04, 0x08, 0x10
_ISR_ROK, _ISR_TOK, _ISR_TER, _ISR_RXOVW, _ISR_TIMEOUT = 0x0001, 0x0004, 0x0008, 0x0010, 0x4000
_OWN, _TOK, _TABT, _SIZE = 0x2000, 0x8000, 0x40000000, 0x1FFF
_LONGEST_SENT = 1792
_LOOPBACK, _NO_CRC, _CLEAR_ABORT = 0x60000, 0x10000, 0x01
_ANY, _MINE, _MULTICAST, _BROADCAST, _RUNT = 0x01, 0x02, 0x04, 0x08, 0x10
_RX_OK, _RX_BROADCAST, _RX_MINE, _RX_MULTICAST = 0x0001, 0x2000, 0x4000, 0x8000
_SHORTEST, _LONGEST = 60, 1514
_UNLOCKED, _AUTOLOAD, _PROGRAM = 0xC0, 0x40, 0x80
_LOCKED = {Rtl.CONFIG0, Rtl.CONFIG1, Rtl.CONFIG3, Rtl.CONFIG4}
"""Written only while 9346CR says so."""
_MAC_WORD = 7
_BMCR_RESET, _BMCR_RESTART = 0x8000, 0x0200


class Rtl8139(Device):
    """Realtek RTL8139C(L) fast Ethernet controller (data sheet, revision 1.4), linked at 100 Mbit/s full duplex.

    Four transmit descriptors are sent in the order they are given, each after its time on the wire; a ring takes what
    arrives. Both by bus mastering, hence only while the PCI command register allows that.
    """

    name = "RTL8139"

    def __init__(
        self, ports: PortBus, windows: MemoryBus, clock: Clock, memory: Memory, irq: Line, fire: Fire, mac: bytes
    ) -> None:
        super().__init__()
        self._clock = clock
        self._memory = memory
        self._irq = irq
        self._fire = fire
        self.wire: Receiver | None = None
        """takes what the card has sent"""
        words = (0x8129, 0x10EC, 0x8139, 0x10EC, 0x8139, 0x4020, 0xE512, *struct.unpack("<3H", mac))
        self._eeprom = Eeprom93C46(words)
        self._ring = ReceiveRing(memory)
        self._tx_event: Event | None = None
        self._timer_event: Event | None = None
        self._clear()
        self._handlers: dict[Rtl, Callable[[int], None]] = {
            **{register: partial(self._set_descriptor, number) for number, register in enumerate(STATUS)},
            Rtl.RBSTART: self._set_rbstart,
            Rtl.CR: self._set_command,
            Rtl.CAPR: self._set_capr,
            Rtl.IMR: self._set_imr,
            Rtl.ISR: self._set_isr,
            Rtl.TCR: self._set_tcr,
            Rtl.RCR: self._set_rcr,
            Rtl.TCTR: self._set_counter,
            Rtl.MPC: self._set_missed,
            Rtl.EEPROM: self._set_eeprom,
            Rtl.TIMER: self._set_timer,
            Rtl.BMCR: self._set_bmcr,
        }
        self.configuration = PciFunction(
            0x10EC, 0x8139, 0x020000, revision=0x10, interrupt_pin=1, bars={0: -SIZE, 1: SIZE}, changed=self._moved
        )
        struct.pack_into("<HH", self.configuration.space, 0x2C, 0x10EC, 0x8139)
        self.configuration.space[0x3E:0x40] = bytes((0x20, 0x40))  # MIN_GNT, MAX_LAT
        self._ports = Decoder(
            partial(self.configuration.bar, 0), partial(ports.claim, self, count=SIZE, width=4),
            partial(ports.release, count=SIZE),
        )  # fmt: skip
        self._window = Decoder(
            partial(self.configuration.bar, 1), partial(windows.claim, self, size=SIZE),
            partial(windows.release, size=SIZE),
        )  # fmt: skip

    # --- reset -------------------------------------------------------------------------------------------------------

    def _clear(self) -> None:
        self._values = dict(RESET_VALUES)
        self._mar = bytearray(8)
        self._load_address()
        self._queue: deque[int] = deque()
        self._frame = b""
        self._counted_from = 0
        self._set_ring()
        self._ring.clear()

    def reset(self) -> None:
        """RST#, or the reset bit of the command register: everything but PCI configuration and EEPROM."""
        self._clock.cancel(self._tx_event)
        self._clock.cancel(self._timer_event)
        self._tx_event = self._timer_event = None
        self._clear()
        self._irq(LOW)

    def _load_address(self) -> None:
        self._idr = bytearray(struct.pack("<3H", *self._eeprom.words[_MAC_WORD : _MAC_WORD + 3]))

    def _moved(self) -> None:
        """The guest changed the configuration."""
        self._ports.update()
        self._window.update()
        self._start_sending()

    # --- access ------------------------------------------------------------------------------------------------------

    def port_read(self, port: int, size: int) -> int:
        """Registers in I/O space."""
        return self._read(port - self._ports.base, size)

    def port_write(self, port: int, size: int, value: int) -> None:
        """Registers in I/O space."""
        self._write(port - self._ports.base, size, value)

    def memory_read(self, address: int, size: int) -> int:
        """Registers in memory space."""
        return self._read(address - self._window.base, size)

    def memory_peek(self, address: int, size: int) -> int:
        """Reading has no effect on any register."""
        return self._read(address - self._window.base, size)

    def memory_write(self, address: int, size: int, value: int) -> None:
        """Registers in memory space."""
        self._write(address - self._window.base, size, value)

    def _read(self, offset: int, size: int) -> int:
        """Compose bytes of the registers an access touches."""
        data = b""
        while len(data) < size:
            at = offset + len(data)
            if at < 6:
                data += self._idr[at : at + 1]
            elif 8 <= at < 16:
                data += self._mar[at - 8 : at - 7]
            elif at in REGISTER_AT:
                register = REGISTER_AT[at]
                data += self._get(register).to_bytes(register.size, "little")[at - register.offset :]
            else:
                data += b"\0"
        return int.from_bytes(data[:size], "little")

    def _write(self, offset: int, size: int, value: int) -> None:
        """Change the registers an access touches; bytes of a register it leaves out keep their value."""
        data = value.to_bytes(size, "little")
        at = offset
        while at < offset + size:
            register = REGISTER_AT.get(at)
            if register is None:
                self._write_address(at, data[at - offset])
                at += 1
                continue
            end = min(register.offset + register.size, offset + size)
            kept = 0 if register is Rtl.ISR else self._get(register)
            image = bytearray(kept.to_bytes(register.size, "little"))
            image[at - register.offset : end - register.offset] = data[at - offset : end - offset]
            self._set(register, int.from_bytes(image, "little"))
            at = end

    def _write_address(self, offset: int, value: int) -> None:
        if offset < 6:
            self._idr[offset] = value
        elif 8 <= offset < 16:
            self._mar[offset - 8] = value

    # --- registers ---------------------------------------------------------------------------------------------------

    def _get(self, register: Rtl) -> int:
        if register is Rtl.CR:
            return self._values[register] | (_EMPTY if self._ring.empty else 0)
        if register is Rtl.CAPR:
            return self._ring.read
        if register is Rtl.CBR:
            return self._ring.written
        if register is Rtl.TCTR:
            return (self._pci_clocks() - self._counted_from) & 0xFFFFFFFF
        if register is Rtl.EEPROM:
            return self._values[register] & ~bits.EEDO | self._eeprom.output
        if register is Rtl.TSAD:
            return self._all_descriptors()
        return self._values[register]

    def _all_descriptors(self) -> int:
        """TOK, TABT and OWN of the four descriptors in one word."""
        value = 0
        for number in range(4):
            status = self._values[STATUS[number]]
            value |= bool(status & _TOK) << 12 + number | bool(status & _TABT) << 4 + number
            value |= bool(status & _OWN) << number
        return value

    def _set(self, register: Rtl, value: int) -> None:
        if register.read_only or (register in _LOCKED and self._values[Rtl.EEPROM] & bits.EEPROM_MODE != _UNLOCKED):
            return
        handler = self._handlers.get(register)
        if handler is None:
            self._values[register] = value
        else:
            handler(value)

    def _set_descriptor(self, number: int, value: int) -> None:
        register = STATUS[number]
        if not self._values[register] & _OWN:
            return  # the card has it already
        self._values[register] = value & bits.TSD_WRITABLE
        if not value & _OWN and self._values[Rtl.CR] & _TRANSMITTER:
            self._queue.append(number)
            self._start_sending()

    def _set_command(self, value: int) -> None:
        if value & _RESET:
            self.reset()
            return
        started = value & ~self._values[Rtl.CR]
        self._values[Rtl.CR] = value & (_TRANSMITTER | _RECEIVER)
        if started & _RECEIVER:
            self._ring.clear()

    def _set_rbstart(self, value: int) -> None:
        self._values[Rtl.RBSTART] = value
        self._set_ring()
        self._ring.clear()

    def _set_capr(self, value: int) -> None:
        self._ring.read = value

    def _set_imr(self, value: int) -> None:
        self._values[Rtl.IMR] = value & bits.INTERRUPTS
        self._update()

    def _set_isr(self, value: int) -> None:
        self._values[Rtl.ISR] &= ~value
        self._update()

    def _set_tcr(self, value: int) -> None:
        kept = RESET_VALUES[Rtl.TCR]
        self._values[Rtl.TCR] = kept | value & bits.TCR_WRITABLE & ~kept | value & (_LOOPBACK | _NO_CRC)
        if value & _CLEAR_ABORT:
            for number in range(4):
                self._values[STATUS[number]] &= ~_TABT

    def _set_rcr(self, value: int) -> None:
        self._values[Rtl.RCR] = value
        self._set_ring()

    def _set_ring(self) -> None:
        control = self._values[Rtl.RCR]
        self._ring.start = self._values[Rtl.RBSTART]
        self._ring.size = 8192 << (control >> bits.RCR_SIZE_SHIFT & bits.RCR_SIZE)
        self._ring.wrap = bool(control & bits.RCR_WRAP) and self._ring.size < 0x10000

    def _set_eeprom(self, value: int) -> None:
        mode = value & bits.EEPROM_MODE
        if mode == _AUTOLOAD:
            self._load_address()
            value = 0
        chosen = mode == _PROGRAM and bool(value & bits.EECS)
        self._eeprom.drive(chosen, bool(value & bits.EESK), bool(value & bits.EEDI))
        self._values[Rtl.EEPROM] = value & (bits.EEPROM_MODE | bits.EECS | bits.EESK | bits.EEDI)

    def _set_missed(self, value: int) -> None:
        del value
        self._values[Rtl.MPC] = 0

    def _set_bmcr(self, value: int) -> None:
        """Negotiation is over at once."""
        self._values[Rtl.BMCR] = (
            RESET_VALUES[Rtl.BMCR] if value & _BMCR_RESET else value & bits.BMCR_WRITABLE & ~_BMCR_RESTART
        )

    # --- interrupts and timer ----------------------------------------------------------------------------------------

    def _raise(self, causes: int) -> None:
        self._values[Rtl.ISR] |= causes
        self.counts["interrupts"] += bool(causes & self._values[Rtl.IMR])
        self._update()

    def _update(self) -> None:
        self._irq(bool(self._values[Rtl.ISR] & self._values[Rtl.IMR]))

    def _pci_clocks(self) -> int:
        return self._clock.now * PCI_HZ // self._clock.hz

    def _set_counter(self, value: int) -> None:
        """Writing anything starts the count again from 0."""
        del value
        self._counted_from = self._pci_clocks()
        self._schedule_timer()

    def _set_timer(self, value: int) -> None:
        self._values[Rtl.TIMER] = value
        self._schedule_timer()

    def _schedule_timer(self) -> None:
        self._clock.cancel(self._timer_event)
        self._timer_event = None
        wanted = self._values[Rtl.TIMER]
        left = wanted - self._get(Rtl.TCTR)
        if wanted and left > 0:
            tick = -(-(self._counted_from + wanted) * self._clock.hz // PCI_HZ)
            self._timer_event = self._clock.at(tick, self._timed_out)

    def _timed_out(self) -> None:
        self._timer_event = None
        self._raise(_ISR_TIMEOUT)

    # --- sending -----------------------------------------------------------------------------------------------------

    def _start_sending(self) -> None:
        """Fetch the next frame from memory and put it on the wire, when that is free."""
        if self._tx_event is not None or not self._queue or not self.configuration.command & COMMAND_MASTER:
            return
        number = self._queue[0]
        size = self._values[STATUS[number]] & _SIZE
        if size > _LONGEST_SENT:
            self._end_sending(_TABT, _ISR_TER)
            return
        self._frame = self._memory.read(self._values[ADDRESS[number]], size)
        self._fire(Point.MAC_SEND_PACKET, (ADAPTER,))
        self._tx_event = self._clock.after(wire_ns(size), self._sent)

    def _sent(self) -> None:
        self._tx_event = None
        frame = self._frame
        self.counts["frames sent"] += 1
        self.counts["bytes sent"] += len(frame)
        self._end_sending(_TOK, _ISR_TOK)
        if self._values[Rtl.TCR] & _LOOPBACK == _LOOPBACK:
            self.receive(frame)
        elif self.wire is not None:
            self.wire(frame)

    def _end_sending(self, status: int, cause: int) -> None:
        self._values[STATUS[self._queue.popleft()]] |= _OWN | status
        self._raise(cause)
        self._start_sending()

    # --- receiving ---------------------------------------------------------------------------------------------------

    def receive(self, frame: bytes) -> None:
        """A frame arrives: from destination to payload, without frame check sequence."""
        taken = self._accepts(frame)
        if not taken or not self._values[Rtl.CR] & _RECEIVER or not self.configuration.command & COMMAND_MASTER:
            return
        if not self._ring.put(_RX_OK | taken, frame):
            self.counts["frames missed"] += 1
            self._values[Rtl.MPC] = (self._values[Rtl.MPC] + 1) & 0xFFFFFF
            self._raise(_ISR_RXOVW)
            return
        self.counts["frames received"] += 1
        self.counts["bytes received"] += len(frame)
        self._fire(Point.MAC_RECEIVE_PACKET, (ADAPTER,))
        self._raise(_ISR_ROK)

    def _accepts(self, frame: bytes) -> int:
        """Status bits of a frame the filters let through, 0 for any other."""
        control = self._values[Rtl.RCR]
        if len(frame) > _LONGEST or (len(frame) < _SHORTEST and not control & _RUNT):
            return 0
        target = frame[:6]
        if target == b"\xff" * 6:
            kind, wanted = _RX_BROADCAST, control & _BROADCAST
        elif target[0] & 1:
            kind, wanted = _RX_MULTICAST, control & _MULTICAST and self._in_hash(target)
        else:
            kind = _RX_MINE if target == self._idr else 0
            wanted = control & _MINE if kind else 0
        return (kind or _RX_OK) if wanted or control & _ANY else 0

    def _in_hash(self, target: bytes) -> int:
        """The six highest bits of the address's CRC choose one of the 64 bits of MAR."""
        crc = int(f"{~zlib.crc32(target) & 0xFFFFFFFF:032b}"[::-1], 2)
        number = crc >> 26
        return self._mar[number >> 3] >> (number & 7) & 1
