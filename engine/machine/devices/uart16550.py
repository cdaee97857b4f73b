# SPDX-License-Identifier: GPL-2.0-or-later
"""The serial port."""

from __future__ import annotations

from collections import deque

from engine.machine.bus import PortBus
from engine.machine.devices.device import Device, Line

_FIFO_BYTES = 16
_RECEIVED, _EMPTY, _LINE_STATUS, _MODEM = 1, 2, 4, 8
_DLAB, _LOOPBACK, _OUT2 = 0x80, 0x10, 0x08
_DATA_READY, _OVERRUN, _THRE, _TEMT = 0x01, 0x02, 0x20, 0x40
_TRIGGER = (1, 4, 8, 14)


class Uart16550(Device):
    """National Semiconductor PC16550D (data sheet TL/C/8652) as COM1: ports 0x3f8 to 0x3ff, IRQ 4.

    What the guest sends leaves at once; what people type waits until the guest has taken the byte before it.
    """

    name = "16550"

    def __init__(self, ports: PortBus, irq: Line, base: int = 0x3F8) -> None:
        super().__init__()
        self._base = base
        self._irq = irq
        self._sent = bytearray()
        self._typed: deque[int] = deque()
        self._clear()
        ports.claim(self, base, 8)

    def _clear(self) -> None:
        self._enable = self._line = self._modem = self._scratch = self._fifo_control = 0
        self._divisor = 12
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

    def type(self, data: bytes) -> None:
        """Bytes arriving at the port, one after the other as the guest reads them."""
        self._typed += data
        self._arrive()

    def _arrive(self) -> None:
        room = _FIFO_BYTES if self._fifo_control & 1 else 1
        while self._typed and len(self._received) < room:
            self._received.append(self._typed.popleft())
            self.counts["bytes in"] += 1
        self._update()

    def _update(self) -> None:
        self._irq(bool(self._cause()) and bool(self._modem & _OUT2))

    def _cause(self) -> int:
        """The interrupt of highest priority, as in the low bits of IIR; 0: none."""
        if self._overrun and self._enable & _LINE_STATUS:
            return 0x06
        if self._received and self._enable & _RECEIVED:
            full = len(self._received) >= _TRIGGER[self._fifo_control >> 6] or not self._fifo_control & 1
            return 0x04 if full else 0x0C
        if self._empty_pending and self._enable & _EMPTY:
            return 0x02
        return 0

    def port_read(self, port: int, size: int) -> int:
        """One of the eight registers."""
        del size
        register = port - self._base
        if register < 2 and self._line & _DLAB:
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
        if cause == 0x02:
            self._empty_pending = False
            self._update()
        return (cause or 1) | (0xC0 if self._fifo_control & 1 else 0)

    def _read_line(self) -> int:
        return self._line

    def _read_modem(self) -> int:
        return self._modem

    def _read_status(self) -> int:
        status = _THRE | _TEMT | self._overrun | (_DATA_READY if self._received else 0)
        self._overrun = 0
        self._update()
        return status

    def _read_modem_status(self) -> int:
        if self._modem & _LOOPBACK:  # DTR, RTS, OUT1, OUT2 come back as DSR, CTS, RI, DCD
            control = self._modem
            return (control & 1) << 5 | (control & 2) << 3 | (control & 4) << 4 | (control & 8) << 4
        return 0xB0

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
        if register < 2 and self._line & _DLAB:
            shift = 8 * register
            self._divisor = self._divisor & ~(0xFF << shift) | value << shift
            return
        if register == 0:
            self._send(value)
        elif register == 1:
            if value & _EMPTY and not self._enable & _EMPTY:
                self._empty_pending = True
            self._enable = value & 15
        elif register == 2:
            self._fifo_control = value & 0xC9
            if value & 2 or not value & 1:
                self._received.clear()
            self._arrive()
        elif register == 3:
            self._line = value
        elif register == 4:
            self._modem = value & 0x1F
        elif register == 7:
            self._scratch = value
        self._update()

    def _send(self, value: int) -> None:
        self._empty_pending = True
        if self._modem & _LOOPBACK:
            if len(self._received) >= (_FIFO_BYTES if self._fifo_control & 1 else 1):
                self._overrun = _OVERRUN
            else:
                self._received.append(value)
        else:
            self._sent.append(value)
            self.counts["bytes out"] += 1
