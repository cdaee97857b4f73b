# SPDX-License-Identifier: GPL-2.0-or-later
"""The network card on a bench, as its driver sees it (RTL8139C(L) data sheet, revision 1.4)."""

from __future__ import annotations

from engine.machine.devices.rtl8139 import Rtl8139
from tests.engine.machine.bench import Bench, Wire

MAC = bytes.fromhex("525400abcdef")
BASE, WINDOW = 0xC000, 0xFEB00000
RING, BUFFERS = 0x10000, 0x40000
IDR, MAR, TSD, TSAD, RBSTART, CR, CAPR, CBR = 0x00, 0x08, 0x10, 0x20, 0x30, 0x37, 0x38, 0x3A
IMR, ISR, TCR, RCR, TCTR, MPC, EEPROM, CONFIG1, TIMER = 0x3C, 0x3E, 0x40, 0x44, 0x48, 0x4C, 0x50, 0x52, 0x54
BUFE, TE, RE, RST = 0x01, 0x04, 0x08, 0x10
ROK, TOK, TER, RXOVW, TIMEOUT = 0x01, 0x04, 0x08, 0x10, 0x4000
AAP, APM, AM, AB, AR, WRAP = 0x01, 0x02, 0x04, 0x08, 0x10, 0x80
OWN, TSD_TOK, TABT = 0x2000, 0x8000, 0x40000000
BROADCAST = b"\xff" * 6


class Card:
    """The card on a bench, at fixed addresses, with its driver's view of it."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.irq = Wire()
        self.sent: list[tuple[int, bytes]] = []
        self.model = Rtl8139(bench.ports, bench.windows, bench.clock, bench.memory, self.irq, bench.fire, MAC)
        self.model.wire = lambda frame: self.sent.append((bench.now, frame))
        configuration = self.model.configuration
        configuration.write(0x10, 4, BASE)
        configuration.write(0x14, 4, WINDOW)
        configuration.write(0x04, 2, 7)

    def get(self, register: int, size: int) -> int:
        return self.bench.ports.read(BASE + register, size)

    def set(self, register: int, size: int, value: int) -> None:
        self.bench.ports.write(BASE + register, size, value)

    def start(self, control: int = AB | APM | WRAP) -> None:
        """What a driver does first."""
        self.set(RBSTART, 4, RING)
        self.set(CR, 1, TE | RE)
        self.set(RCR, 4, control)
        self.set(IMR, 2, 0xFFFF)

    def send(self, number: int, frame: bytes) -> None:
        self.bench.memory.write(BUFFERS + number * 2048, frame)
        self.set(TSAD + 4 * number, 4, BUFFERS + number * 2048)
        self.set(TSD + 4 * number, 4, len(frame))

    def ring(self, offset: int, size: int) -> bytes:
        return bytes(self.bench.ram[RING + offset : RING + offset + size])


def frame(target: bytes = MAC, size: int = 60, fill: int = 0x5A) -> bytes:
    return (target + b"\x02\0\0\0\0\x01\x08\x00").ljust(size, bytes([fill]))


def crc_bits(data: bytes) -> int:
    """The register of the CRC of IEEE 802.3, 3.2.9, bit by bit, most significant bit first."""
    register = 0xFFFFFFFF
    for byte in data:
        for bit in range(8):
            feedback = (register >> 31) ^ (byte >> bit & 1)
            register = register << 1 & 0xFFFFFFFF
            if feedback:
                register ^= 0x04C11DB7
    return register


def frame_check_sequence(data: bytes) -> bytes:
    """The complement of the register, its bits sent from the highest power on."""
    return int(f"{crc_bits(data) ^ 0xFFFFFFFF:032b}"[::-1], 2).to_bytes(4, "little")
