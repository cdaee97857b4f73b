# SPDX-License-Identifier: GPL-2.0-or-later
"""The serial port."""

from __future__ import annotations

from collections import deque

from engine.machine.bus import PortBus
from engine.machine.devices.device import Device, Line
from engine.machine.terminal import Terminal

_FIFO_BYTES = 16
_RBR_THR, _IER, _IIR_FCR, _LCR, _MCR, _SCR = 0, 1, 2, 3, 4, 7
IER_RECEIVED, IER_TRANSMITTER_EMPTY, IER_LINE_STATUS, IER_MODEM_STATUS = 0x01, 0x02, 0x04, 0x08
_IER_ALL = IER_RECEIVED | IER_TRANSMITTER_EMPTY | IER_LINE_STATUS | IER_MODEM_STATUS
IIR_NONE, IIR_TRANSMITTER_EMPTY, IIR_RECEIVED, IIR_LINE_STATUS, IIR_TIMEOUT = 0x01, 0x02, 0x04, 0x06, 0x0C
IIR_FIFOS_ENABLED = 0xC0
FCR_ENABLE, FCR_CLEAR_RECEIVER, FCR_DMA_MODE, FCR_TRIGGER = 0x01, 0x02, 0x08, 0xC0
LCR_DLAB = 0x80
MCR_DTR, MCR_RTS, MCR_OUT1, MCR_OUT2, MCR_LOOPBACK = 0x01, 0x02, 0x04, 0x08, 0x10
_MCR_ALL = MCR_DTR | MCR_RTS | MCR_OUT1 | MCR_OUT2 | MCR_LOOPBACK
LSR_DATA_READY, LSR_OVERRUN, LSR_THR_EMPTY, LSR_TRANSMITTER_EMPTY = 0x01, 0x02, 0x20, 0x40
MSR_CTS, MSR_DSR, MSR_RI, MSR_DCD = 0x10, 0x20, 0x40, 0x80
_LOOPED_BACK = {MCR_DTR: MSR_DSR, MCR_RTS: MSR_CTS, MCR_OUT1: MSR_RI, MCR_OUT2: MSR_DCD}
"""Which modem status each modem control output drives in loopback (data sheet, 8.6.7)."""
_TRIGGER_BYTES = (1, 4, 8, 14)
"""Bytes that make a full FIFO, by the top two bits of FCR."""
_DIVISOR_9600 = 12


class Uart16550(Device):
    """National Semiconductor PC16550D (data sheet TL/C/8652) as COM1: ports 0x3f8 to 0x3ff, IRQ 4.

    Output leaves at once; typed input waits until the guest has read the byte before it.
    """

    name = "16550"

    def __init__(self, ports: PortBus, irq: Line, base: int = 0x3F8) -> None:
        super().__init__()
        self._base = base
        self._irq = irq
        self.terminal: Terminal | None = None
        """what is at the other end of the line, if anything is"""
        self._sent = bytearray()
        self._typed: deque[int] = deque()
        self._clear()
        ports.claim(self, base, 8)

    def _clear(self) -> None:
        self._enable = self._line = self._modem = self._scratch = self._fifo_control = 0
        self._divisor = _DIVISOR_9600
        self._received: deque[int] = deque()
        self._empty_pending = False
        self._overrun = 0

    def reset(self) -> None:
        """Master reset (data sheet, table I): registers to 0, FIFOs off. Text typed ahead is not lost."""
        self._clear()
        self._update()

    def take_output(self) -> bytes:
        """What the guest has sent since this was asked last."""
        data = bytes(self._sent)
        self._sent.clear()
        return data

    @property
    def listening(self) -> bool:
        """Whether the guest wants an interrupt for what is typed: a program has the port open."""
        return bool(self._enable & IER_RECEIVED)

    def put_back(self, data: bytes) -> None:
        """Undo `take_output`: these bytes come first when it is asked again."""
        self._sent[:0] = data

    def type(self, data: bytes) -> None:
        """Bytes arriving at the port, one after the other as the guest reads them."""
        self._typed += data
        self._arrive()

    @property
    def _fifos(self) -> bool:
        return bool(self._fifo_control & FCR_ENABLE)

    @property
    def _room(self) -> int:
        """Bytes that the receiver holds."""
        return _FIFO_BYTES if self._fifos else 1

    def _arrive(self) -> None:
        while self._typed and len(self._received) < self._room:
            self._received.append(self._typed.popleft())
            self.counts["bytes in"] += 1
        self._update()

    def _update(self) -> None:
        self._irq(self._cause() != IIR_NONE and bool(self._modem & MCR_OUT2))

    def _cause(self) -> int:
        """The interrupt of highest priority, as in the low bits of IIR."""
        if self._overrun and self._enable & IER_LINE_STATUS:
            return IIR_LINE_STATUS
        if self._received and self._enable & IER_RECEIVED:
            full = len(self._received) >= _TRIGGER_BYTES[self._fifo_control >> 6] or not self._fifos
            return IIR_RECEIVED if full else IIR_TIMEOUT
        if self._empty_pending and self._enable & IER_TRANSMITTER_EMPTY:
            return IIR_TRANSMITTER_EMPTY
        return IIR_NONE

    def port_read(self, port: int, size: int) -> int:
        """One of the eight registers."""
        del size
        register = port - self._base
        if register <= _IER and self._line & LCR_DLAB:
            return self._divisor >> 8 * register & 0xFF
        return self._READ[register](self)

    def _read_data(self) -> int:
        value = self._received.popleft() if self._received else 0
        self._arrive()
        return value

    def _read_enable(self) -> int:
        return self._enable

    def _read_cause(self) -> int:
        cause = self._cause()
        if cause == IIR_TRANSMITTER_EMPTY:
            self._empty_pending = False
            self._update()
        return cause | (IIR_FIFOS_ENABLED if self._fifos else 0)

    def _read_line(self) -> int:
        return self._line

    def _read_modem(self) -> int:
        return self._modem

    def _read_status(self) -> int:
        status = LSR_THR_EMPTY | LSR_TRANSMITTER_EMPTY | self._overrun
        status |= LSR_DATA_READY if self._received else 0
        self._overrun = 0
        self._update()
        return status

    def _read_modem_status(self) -> int:
        if self._modem & MCR_LOOPBACK:
            return sum(status for control, status in _LOOPED_BACK.items() if self._modem & control)
        return MSR_CTS | MSR_DSR | MSR_DCD

    def _read_scratch(self) -> int:
        return self._scratch

    _READ = (
        _read_data,
        _read_enable,
        _read_cause,
        _read_line,
        _read_modem,
        _read_status,
        _read_modem_status,
        _read_scratch,
    )

    def port_write(self, port: int, size: int, value: int) -> None:
        """One of the eight registers."""
        del size
        register = port - self._base
        if register <= _IER and self._line & LCR_DLAB:
            shift = 8 * register
            self._divisor = self._divisor & ~(0xFF << shift) | value << shift
            return
        if register == _RBR_THR:
            self._send(value)
        elif register == _IER:
            if value & ~self._enable & IER_TRANSMITTER_EMPTY:
                self._empty_pending = True
            self._enable = value & _IER_ALL
        elif register == _IIR_FCR:
            self._fifo_control = value & (FCR_ENABLE | FCR_DMA_MODE | FCR_TRIGGER)
            if value & FCR_CLEAR_RECEIVER or not value & FCR_ENABLE:
                self._received.clear()
            self._arrive()
        elif register == _LCR:
            self._line = value
        elif register == _MCR:
            self._modem = value & _MCR_ALL
        elif register == _SCR:
            self._scratch = value
        self._update()

    def _send(self, value: int) -> None:
        self._empty_pending = True
        if self._modem & MCR_LOOPBACK:
            if len(self._received) >= self._room:
                self._overrun = LSR_OVERRUN
            else:
                self._received.append(value)
        else:
            self._sent.append(value)
            self.counts["bytes out"] += 1
            if self.terminal is not None:
                self.terminal.show(bytes([value & 0xFF]))
