# SPDX-License-Identifier: GPL-2.0-or-later
"""The local interrupt controller of a CPU."""

from __future__ import annotations

from collections.abc import Callable

from engine.machine.clock import Clock
from engine.machine.devices.apic_bus import EVERYBODY, ApicBus, Delivery, Message, widen
from engine.machine.devices.apic_pins import Pins
from engine.machine.devices.apic_timer import ApicTimer, TimerMode
from engine.machine.devices.device import Device

BASE, SIZE = 0xFEE00000, 0x1000
BOOTSTRAP, EXTENDED, ENABLED = 1 << 8, 1 << 10, 1 << 11
"""Bits of IA32_APIC_BASE beside the address (10.4.4, 10.12.1)."""
NOWHERE = -1
"""no address"""
VERSION = 0x00040011
"""an integrated APIC with five LVT entries"""
_ID, _VERSION, _TPR, _APR, _PPR, _EOI, _LDR, _DFR, SVR = 0x20, 0x30, 0x80, 0x90, 0xA0, 0xB0, 0xD0, 0xE0, 0xF0
_ISR, _TMR, _IRR, _ESR, ICR, _ICR_HIGH = 0x100, 0x180, 0x200, 0x280, 0x300, 0x310
_LVT_TIMER, _LVT_COUNTERS, LVT_LINT0, LVT_LINT1, _LVT_ERROR = 0x320, 0x340, 0x350, 0x360, 0x370
_INITIAL_COUNT, _CURRENT_COUNT, _DIVIDE = 0x380, 0x390, 0x3E0
_MASKED, _TIMER_MODE_SHIFT, _TIMER_MODE = 1 << 16, 17, 3
_SOFTWARE_ENABLED, _NO_EOI_BROADCAST = 1 << 8, 1 << 12
LVT_WRITABLE = {
    _LVT_TIMER: 0x700FF,
    _LVT_COUNTERS: 0x107FF,
    LVT_LINT0: 0x1A7FF,
    LVT_LINT1: 0x1A7FF,
    _LVT_ERROR: 0x100FF,
}
_ASSERT, _LEVEL_MODE, _LOGICAL = 1 << 14, 1 << 15, 1 << 11
_ILLEGAL_SENT, _ILLEGAL_RECEIVED, _NO_REGISTER = 1 << 5, 1 << 6, 1 << 7
_VECTOR, _DELIVERY_SHIFT, _DELIVERY, _SHORTHAND_SHIFT, _SHORTHAND, _ID_SHIFT = 0xFF, 8, 7, 18, 3, 24
"""Fields of LVT entries, of the interrupt command register and of the identification registers."""
ICR_WRITABLE, SVR_WRITABLE = 0xCCFFF, 0x13FF
_FIRST_VECTOR = 16
_SELF, _ALL, _OTHERS = 1, 2, 3
"""Destination shorthands."""


class LocalApic(Device):
    """A local APIC (Intel SDM volume 3, chapter 10; references are to its sections).

    LINT0 is where the 8259s' INTR arrives, LINT1 the NMI pin. In xAPIC mode its registers are in memory, in x2APIC mode
    they are MSRs (engine.machine.devices.apic_msrs).
    """

    name = "local APIC"

    def __init__(self, clock: Clock, bus: ApicBus, number: int, pins: Pins, external: Callable[[], int]) -> None:
        """`number` is the initial APIC ID; `external` is the acknowledge cycle of what drives LINT0."""
        super().__init__()
        if number:
            self.name = f"{self.name} {number}"
        self._bus = bus
        self._number = number
        self._pins = pins
        self._external = external
        self.timer = ApicTimer(clock, self._timer_expired, pins.time_stamp)
        self._lint = [False, False]
        self._output = False
        self.window = NOWHERE
        """address of the page where the registers are"""
        self._clear()
        self._set_base(self._base_at_reset)
        bus.agents.append(self)

    def _clear(self) -> None:
        """State after power-up or reset (10.4.7.1)."""
        self._values = {
            _ID: self._number << _ID_SHIFT, _TPR: 0, _LDR: 0, _DFR: 0xFFFFFFFF, SVR: 0xFF, _ESR: 0, ICR: 0,
            _ICR_HIGH: 0, **dict.fromkeys(LVT_WRITABLE, _MASKED),
        }  # fmt: skip
        self._request = self._service = self._trigger = 0  # IRR, ISR, TMR: one bit for each vector
        self._errors = 0

    def _start_afresh(self) -> None:
        self.timer.clear()
        self._clear()
        self._pins.set_task_priority(0)
        self._update()

    def reset(self) -> None:
        """RESET#."""
        self._set_base(self._base_at_reset)
        self._start_afresh()

    def _initialize(self) -> None:
        """INIT: as after a reset, but for the ID and the base (10.4.7.3)."""
        number = self._values[_ID]
        self._start_afresh()
        self._values[_ID] = number
        self._pins.init()

    # --- IA32_APIC_BASE (10.4.3, 10.4.4, 10.12.5) ---------------------------------------------------------------------

    @property
    def _base_at_reset(self) -> int:
        return BASE | ENABLED | (0 if self._number else BOOTSTRAP)

    @property
    def base(self) -> int:
        """IA32_APIC_BASE."""
        return self._base

    @property
    def extended(self) -> bool:
        """In x2APIC mode."""
        return bool(self._base & EXTENDED)

    def _set_base(self, value: int) -> None:
        self._base = value
        self.window = value & -SIZE if value & (ENABLED | EXTENDED) == ENABLED else NOWHERE
        self._pins.set_apic_base(value)

    def change_base(self, value: int) -> None:
        """Write IA32_APIC_BASE; the value has been checked.

        A local APIC that is disabled loses its state, and LINT0 and LINT1 are INTR and NMI of the CPU.
        """
        disabled = self._base & ENABLED and not value & ENABLED
        self._set_base(value)
        if disabled:
            self._start_afresh()
        self._update()

    # --- priorities (10.8.3) -----------------------------------------------------------------------------------------

    @property
    def priority(self) -> int:
        """The processor priority register."""
        served = self._service.bit_length() - 1
        task = self._values[_TPR]
        return task if task >> 4 >= served >> 4 else served & 0xF0

    def set_task_priority(self, value: int) -> None:
        """The core writes CR8 (10.8.6)."""
        self._values[_TPR] = value << 4
        self._update()

    def _deliverable(self) -> int | None:
        """The vector that waits and may be delivered now."""
        vector = self._request.bit_length() - 1
        return vector if vector >= 0 and vector >> 4 > self.priority >> 4 else None

    def _passes_external(self) -> bool:
        """Whether LINT0 shows the core an interrupt of the 8259s."""
        if not self._base & ENABLED:
            return self._lint[0]
        entry = self._values[LVT_LINT0]
        return self._lint[0] and not entry & _MASKED and entry >> _DELIVERY_SHIFT & _DELIVERY == Delivery.EXTINT

    def _update(self) -> None:
        output = self._passes_external() or self._deliverable() is not None
        if output != self._output:
            self._output = output
            self._pins.set_interrupt(output)

    def acknowledge(self) -> int:
        """The core takes an interrupt: its vector."""
        vector = self._deliverable()
        if vector is None:
            if self._passes_external():
                return self._external()
            self.counts["spurious"] += 1
            self._update()
            return self._values[SVR] & _VECTOR
        bit = 1 << vector
        self._request &= ~bit
        self._service |= bit
        self.counts["interrupts"] += 1
        self._update()
        return vector

    def _end_of_interrupt(self) -> None:
        if not self._service:
            return
        vector = self._service.bit_length() - 1
        self._service &= ~(1 << vector)
        if self._trigger >> vector & 1 and not self._values[SVR] & _NO_EOI_BROADCAST:
            self._bus.end_of_interrupt(vector)
        self._update()

    # --- messages ----------------------------------------------------------------------------------------------------

    def is_addressed(self, message: Message) -> bool:
        """Whether the destination of a message is this one (10.6.2; in x2APIC mode 10.12.10)."""
        wanted = message.destination
        if not self._base & ENABLED:
            return False
        if wanted == EVERYBODY:
            return True
        if not message.logical:
            return wanted == (self._number if self.extended else self._values[_ID] >> _ID_SHIFT)
        if self.extended:
            mine = self._logical_id
            return wanted >> 16 == mine >> 16 and bool(wanted & mine & 0xFFFF)
        mine = self._values[_LDR] >> _ID_SHIFT
        if self._values[_DFR] >> 28 == 0xF:  # flat model
            return bool(wanted & mine)
        return (wanted >> 4 in (0xF, mine >> 4)) and bool(wanted & mine & 0xF)

    @property
    def _logical_id(self) -> int:
        """In x2APIC mode: the cluster in the upper half, a bit of the lower (10.12.10.2)."""
        return self._number >> 4 << 16 | 1 << (self._number & 0xF)

    def accept(self, message: Message) -> None:
        """Take a message from the bus, from a pin or from inside."""
        if message.delivery in (Delivery.FIXED, Delivery.LOWEST_PRIORITY):
            self._accept_vector(message.vector, message.level_triggered)
        elif message.delivery == Delivery.NMI:
            self.counts["NMIs"] += 1
            self._pins.nmi()
        elif message.delivery == Delivery.SMI:
            self._pins.smi()
        elif message.delivery == Delivery.INIT:
            self._initialize()
        elif message.delivery == Delivery.START_UP:
            self._pins.start_up(message.vector)

    def _accept_vector(self, vector: int, level_triggered: bool) -> None:
        if vector < _FIRST_VECTOR:
            self._fail(_ILLEGAL_RECEIVED)
            return
        if not self._values[SVR] & _SOFTWARE_ENABLED:
            return
        bit = 1 << vector
        self._request |= bit
        self._trigger = self._trigger | bit if level_triggered else self._trigger & ~bit
        self._update()

    def send(self, command: int, destination: int) -> None:
        """Send the message that the low half of the interrupt command register describes (10.6.1)."""
        vector, delivery = command & _VECTOR, command >> _DELIVERY_SHIFT & _DELIVERY
        shorthand = command >> _SHORTHAND_SHIFT & _SHORTHAND
        if delivery in (Delivery.FIXED, Delivery.LOWEST_PRIORITY) and vector < _FIRST_VECTOR:
            self._fail(_ILLEGAL_SENT)
            return
        if delivery == Delivery.INIT and command & _LEVEL_MODE and not command & _ASSERT:
            return  # INIT level de-assert: nothing to be done here
        self.counts["messages sent"] += 1
        everybody = Message(vector, delivery)
        if shorthand == _SELF:
            self.accept(everybody)
        elif shorthand:
            self._bus.send(everybody, without=self if shorthand == _OTHERS else None)
        else:
            self._bus.send(Message(vector, delivery, destination, bool(command & _LOGICAL)))

    # --- local interrupts (10.5.1) -----------------------------------------------------------------------------------

    def set_lint(self, number: int, level: bool) -> None:
        """Drive LINT0 or LINT1."""
        rose = level and not self._lint[number]
        self._lint[number] = level
        if not self._base & ENABLED:
            self._set_pin(number, rose)
            return
        entry = self._values[LVT_LINT0 + 0x10 * number]
        if entry >> _DELIVERY_SHIFT & _DELIVERY == Delivery.EXTINT:
            self._update()
        elif rose and not entry & _MASKED:
            self.accept(Message(entry & _VECTOR, entry >> _DELIVERY_SHIFT & _DELIVERY))

    def _set_pin(self, number: int, rose: bool) -> None:
        """INTR or NMI of a CPU without a local APIC."""
        if number == 0:
            self._update()
        elif rose:
            self._pins.nmi()

    def _timer_expired(self) -> None:
        self.counts["timer"] += 1
        self._accept_vector(self._values[_LVT_TIMER] & _VECTOR, level_triggered=False)

    def _fail(self, error: int) -> None:
        """An error: shown by ESR after its next write, and signalled by the LVT entry (10.5.3)."""
        self._errors |= error
        entry = self._values[_LVT_ERROR]
        if not entry & _MASKED and entry & _VECTOR >= _FIRST_VECTOR:
            self.accept(Message(entry & _VECTOR, Delivery.FIXED))

    # --- registers (10.4.1) ------------------------------------------------------------------------------------------

    def memory_read(self, address: int, size: int) -> int:
        """A register; they are 32 bits wide, 16 bytes apart."""
        offset = address & SIZE - 1
        image = self.get(offset & 0xFF0) >> 8 * (offset & 0xF)
        return image & (1 << 8 * size) - 1

    def memory_peek(self, address: int, size: int) -> int:
        """Reading has no effect on any register."""
        return self.memory_read(address, size)

    def get(self, offset: int) -> int:
        """The register at an offset."""
        if self.extended and offset in (_ID, _LDR):
            return self._number if offset == _ID else self._logical_id
        if offset in self._values:
            return self._values[offset]
        for first, bits in ((_ISR, self._service), (_TMR, self._trigger), (_IRR, self._request)):
            if first <= offset < first + 0x80:
                return bits >> 2 * (offset - first) & 0xFFFFFFFF
        if offset in (_APR, _PPR):
            return self.priority
        return {
            _VERSION: VERSION,
            _INITIAL_COUNT: self.timer.initial,
            _CURRENT_COUNT: self.timer.current,
            _DIVIDE: self.timer.divide_register,
        }.get(offset, 0)

    def memory_write(self, address: int, size: int, value: int) -> None:
        """Change a register; by 32 bits only."""
        offset = address & SIZE - 1
        if size >= 4 and not offset & 0xF:
            self.put(offset, value & 0xFFFFFFFF)

    def put(self, offset: int, value: int) -> None:
        """Write the register at an offset."""
        if offset in LVT_WRITABLE:
            self._write_entry(offset, value)
        elif offset == _EOI:
            self._end_of_interrupt()
        elif offset == ICR:
            self._values[ICR] = value & ICR_WRITABLE
            high = self._values[_ICR_HIGH]
            logical = bool(value & _LOGICAL)
            self.send(value, high if self.extended else widen(high >> _ID_SHIFT, logical=logical))
        elif offset == _INITIAL_COUNT:
            self.timer.start(value)
        elif offset == _DIVIDE:
            self.timer.set_divide(value)
        else:
            self._write_plain(offset, value)

    def _write_plain(self, offset: int, value: int) -> None:
        if offset == SVR:
            self._values[SVR] = value & SVR_WRITABLE
            if not value & _SOFTWARE_ENABLED:
                for entry in LVT_WRITABLE:
                    self._write_entry(entry, self._values[entry])
        elif offset == _ESR:
            self._values[_ESR], self._errors = self._errors, 0
        elif offset in (_ID, _LDR, _ICR_HIGH):
            self._values[offset] = value if self.extended else value & 0xFF000000
        elif offset == _DFR:
            self._values[_DFR] = value | 0x0FFFFFFF
        elif offset == _TPR:
            self._values[_TPR] = value & 0xFF
            self._pins.set_task_priority(value & 0xFF)
        self._update()

    def _write_entry(self, offset: int, value: int) -> None:
        """An LVT entry; while the APIC is disabled by software every one is masked (10.4.7.2)."""
        value &= LVT_WRITABLE[offset]
        if not self._values[SVR] & _SOFTWARE_ENABLED:
            value |= _MASKED
        self._values[offset] = value
        if offset == _LVT_TIMER:
            mode = TimerMode(value >> _TIMER_MODE_SHIFT & _TIMER_MODE)
            self.timer.set_mode(mode, watched=not value & _MASKED)
        self._update()
