# SPDX-License-Identifier: GPL-2.0-or-later
"""The network card, by the RTL8139C(L) data sheet (Realtek, revision 1.4): register map in chapter 5."""

from __future__ import annotations

import struct

import pytest

from engine.core.points import Point
from engine.machine.devices.rtl8139 import Rtl8139
from tests.machine.bench import Bench, Wire

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


@pytest.fixture
def card(bench: Bench) -> Card:
    return Card(bench)


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


# --- registers ---


def test_after_reset(card: Card) -> None:
    card.start()
    card.set(CR, 1, RST)
    assert card.get(CR, 1) == BUFE
    assert [card.get(TSD + 4 * n, 4) for n in range(4)] == [OWN] * 4
    assert (card.get(CAPR, 2), card.get(CBR, 2)) == (0xFFF0, 0)
    assert (card.get(ISR, 2), card.get(IMR, 2)) == (0, 0)
    version = card.get(TCR, 4)
    assert (version >> 26 & 0x1F, version >> 22 & 3) == (0b11101, 0b00)  # RTL8139C


def test_the_address_is_readable_in_any_width_and_changeable(card: Card) -> None:
    assert bytes(card.get(IDR + n, 1) for n in range(6)) == MAC
    assert card.get(IDR, 4) == int.from_bytes(MAC[:4], "little")
    assert card.get(IDR + 4, 2) == int.from_bytes(MAC[4:], "little")
    card.set(IDR, 4, 0x44332211)
    assert bytes(card.get(IDR + n, 1) for n in range(6)) == b"\x11\x22\x33\x44" + MAC[4:]


def test_parts_of_a_register_keep_the_rest(card: Card) -> None:
    card.set(RBSTART, 4, 0x11223344)
    card.set(RBSTART + 1, 1, 0xAA)
    assert card.get(RBSTART, 4) == 0x1122AA44
    assert card.get(RBSTART + 2, 2) == 0x1122


def test_both_address_spaces_show_the_same_registers(card: Card) -> None:
    windows = card.bench.windows
    windows.write(WINDOW + IMR, 2, 0x0005)
    assert card.get(IMR, 2) == 0x0005
    assert windows.read(WINDOW + IDR, 4) == card.get(IDR, 4)
    card.model.configuration.write(0x04, 2, 0)
    assert (windows.read(WINDOW + IMR, 2), card.get(IMR, 2)) == (0xFFFF, 0xFFFF)


def test_configuration_registers_are_locked(card: Card) -> None:
    before = card.get(CONFIG1, 1)
    card.set(CONFIG1, 1, before ^ 0x20)
    assert card.get(CONFIG1, 1) == before
    card.set(EEPROM, 1, 0xC0)
    card.set(CONFIG1, 1, before ^ 0x20)
    assert card.get(CONFIG1, 1) == before ^ 0x20


def test_the_link_is_up_at_100_megabits_full_duplex(card: Card) -> None:
    assert not card.get(0x58, 1) & 0x0C  # MSR: LINKB and SPEED_10, both active low
    assert card.get(0x64, 2) & 0x24 == 0x24  # BMSR: negotiation complete, link
    assert card.get(0x62, 2) & 0x2100 == 0x2100  # BMCR: speed, duplex


def test_pci_identity(card: Card) -> None:
    configuration = card.model.configuration
    assert configuration.read(0, 4) == 0x813910EC
    assert configuration.read(0x09, 3) == 0x020000  # Ethernet controller
    assert configuration.read(0x3D, 1) == 1  # INTA#
    configuration.write(0x10, 4, 0xFFFFFFFF)
    configuration.write(0x14, 4, 0xFFFFFFFF)
    assert (configuration.read(0x10, 4), configuration.read(0x14, 4)) == (0xFFFFFF01, 0xFFFFFF00)  # 256 bytes each


# --- EEPROM ---


def read_eeprom(card: Card, address: int) -> int:
    """READ of a 93C46 through 9346CR: bits EECS, EESK, EEDI, EEDO (data sheet, 5.8)."""
    select, clock, data = 0x88, 0x04, 0x02
    card.set(EEPROM, 1, select)
    for bit in f"110{address:06b}":
        level = select | (data if bit == "1" else 0)
        card.set(EEPROM, 1, level)
        card.set(EEPROM, 1, level | clock)
        card.set(EEPROM, 1, level)
    assert card.get(EEPROM, 1) & 1 == 0  # the dummy bit
    value = 0
    for _ in range(16):
        card.set(EEPROM, 1, select | clock)
        value = value << 1 | card.get(EEPROM, 1) & 1
        card.set(EEPROM, 1, select)
    card.set(EEPROM, 1, 0)
    return value


def test_the_eeprom_holds_the_address(card: Card) -> None:
    assert read_eeprom(card, 0) == 0x8129
    assert struct.pack("<3H", *(read_eeprom(card, 7 + n) for n in range(3))) == MAC


def test_the_address_is_loaded_from_the_eeprom(card: Card) -> None:
    card.set(IDR, 4, 0)
    card.set(EEPROM, 1, 0x40)
    assert bytes(card.get(IDR + n, 1) for n in range(6)) == MAC
    assert card.get(EEPROM, 1) & 0xC0 == 0


# --- sending ---


@pytest.mark.parametrize("size", [60, 1000, 1514])
def test_a_frame_leaves_after_its_time_on_the_wire(card: Card, size: int) -> None:
    card.start()
    data = frame(BROADCAST, size)
    card.send(0, data)
    assert card.get(TSD, 4) & (OWN | TSD_TOK) == 0
    bits = (8 + size + 4 + 12) * 8  # preamble, frame, check sequence, gap
    card.bench.advance(bits * 10 - 1)
    assert not card.sent
    card.bench.advance(1)
    assert card.sent == [(bits * 10, data)]
    assert card.get(TSD, 4) == OWN | TSD_TOK | size
    assert card.get(ISR, 2) == TOK
    assert card.irq.level
    card.set(ISR, 2, TOK)
    assert not card.irq.level


def test_four_descriptors_go_out_in_order(card: Card) -> None:
    card.start()
    frames = [frame(BROADCAST, 60 + n, n) for n in range(4)]
    for number, data in enumerate(frames):
        card.send(number, data)
    assert card.get(0x60, 2) == 0  # TSAD: none is the driver's
    card.bench.advance(100_000)
    assert [data for _, data in card.sent] == frames
    assert card.get(0x60, 2) == 0xF00F  # TOK and OWN of all four


def test_the_probe_point_is_reached_when_a_frame_is_fetched(card: Card) -> None:
    card.start()
    card.send(0, frame())
    card.send(1, frame())
    assert card.bench.fired == [(Point.MAC_SEND_PACKET, (0,))]
    card.bench.advance(100_000)
    assert card.bench.fired == [(Point.MAC_SEND_PACKET, (0,))] * 2


def test_nothing_is_sent_while_off_or_no_bus_master(card: Card) -> None:
    card.send(0, frame())
    card.bench.advance(100_000)
    assert not card.sent
    card.start()
    card.model.configuration.write(0x04, 2, 3)
    card.send(1, frame())
    card.bench.advance(100_000)
    assert not card.sent
    card.model.configuration.write(0x04, 2, 7)
    card.bench.advance(100_000)
    assert len(card.sent) == 1


def test_too_long_a_frame_is_aborted(card: Card) -> None:
    card.start()
    card.set(TSD, 4, 1793)
    assert card.get(TSD, 4) & (TABT | TSD_TOK) == TABT
    assert card.get(ISR, 2) == TER
    card.set(TCR, 4, 1)  # CLRABT
    assert not card.get(TSD, 4) & TABT


def test_reset_forgets_a_frame_under_way(card: Card) -> None:
    card.start()
    card.send(0, frame())
    card.set(CR, 1, RST)
    card.bench.advance(100_000)
    assert not card.sent
    assert not card.irq.level


def test_loopback_returns_frames_to_the_card(card: Card) -> None:
    card.start()
    card.set(TCR, 4, 0x60000)
    data = frame()
    card.send(0, data)
    card.bench.advance(100_000)
    assert not card.sent
    assert card.ring(4, 60) == data


# --- receiving ---


def test_a_frame_lies_in_the_ring_with_its_header(card: Card) -> None:
    card.start()
    data = frame(size=61)
    card.model.receive(data)
    status, size = struct.unpack("<HH", card.ring(0, 4))
    assert status == 0x4001  # PAM, ROK
    assert size == 61 + 4
    assert card.ring(4, 61) == data
    assert card.ring(65, 4) == frame_check_sequence(data)
    assert card.get(CBR, 2) == 72  # a multiple of 4
    assert not card.get(CR, 1) & BUFE
    assert card.get(ISR, 2) == ROK
    assert card.irq.level
    card.set(CAPR, 2, 72 - 16)
    assert card.get(CR, 1) & BUFE
    assert card.bench.fired == [(Point.MAC_RECEIVE_PACKET, (0,))]


def test_the_probe_point_comes_after_the_data_and_before_the_interrupt(bench: Bench) -> None:
    card = Card(bench)
    card.start()
    seen = []
    card.model._fire = lambda *_: seen.append((card.ring(4, 6), card.irq.level))
    card.model.receive(frame())
    assert seen == [(MAC, False)]


@pytest.mark.parametrize("wrap", [True, False])
def test_at_the_end_of_the_ring(card: Card, wrap: bool) -> None:
    card.start(APM | (WRAP if wrap else 0))
    filler = frame(size=1000)
    for _ in range(8):  # 8 * 1008 bytes
        card.model.receive(filler)
        card.set(CAPR, 2, (card.get(CBR, 2) - 16) & 0xFFFF)
    assert card.get(CBR, 2) == 8064
    data = bytes(range(256)) * 2
    data = MAC + data[6:]
    card.model.receive(data)
    after_header = 8192 - 8064 - 4
    if wrap:
        assert card.ring(8068, 512) == data
    else:
        assert card.ring(8068, after_header) == data[:after_header]
        assert card.ring(0, 512 - after_header) == data[after_header:]
    assert card.get(CBR, 2) == (8064 + 520) % 8192


def test_a_full_ring_loses_frames_and_says_so(card: Card) -> None:
    card.start()
    for _ in range(10):
        card.model.receive(frame(size=1000))
    assert card.get(CBR, 2) == 8 * 1008
    assert card.get(ISR, 2) == ROK | RXOVW
    assert card.get(MPC, 4) == 2
    card.set(MPC, 4, 0)
    assert card.get(MPC, 4) == 0


@pytest.mark.parametrize("length", range(4))
def test_the_length_of_the_ring(card: Card, length: int) -> None:
    card.start(APM | length << 11)
    taken = 0
    while not card.get(ISR, 2) & RXOVW:
        card.model.receive(frame(size=1000))
        taken += 1
    assert taken - 1 == ((8192 << length) - 1) // 1008


GROUP = bytes.fromhex("01005e000001")


@pytest.mark.parametrize(
    ("target", "control", "status"),
    [
        (MAC, APM, 0x4001),
        (MAC, AB | AM, None),
        (BROADCAST, AB, 0x2001),
        (BROADCAST, APM | AM, None),
        (b"\x02\0\0\0\0\x09", APM | AB | AM, None),
        (b"\x02\0\0\0\0\x09", AAP, 0x0001),
        (MAC, AAP, 0x4001),
        (GROUP, AM, 0x8001),
        (GROUP, APM | AB, None),
    ],
)
def test_what_the_filters_take(card: Card, target: bytes, control: int, status: int | None) -> None:
    card.start(control)
    number = crc_bits(GROUP) >> 26
    card.set(MAR + (number >> 5) * 4, 4, 1 << (number & 31))
    card.model.receive(frame(target))
    taken = struct.unpack("<H", card.ring(0, 2))[0]
    assert (taken or None) == status


def test_a_group_whose_hash_bit_is_not_set_is_not_taken(card: Card) -> None:
    card.start(AM)
    number = crc_bits(GROUP) >> 26
    for half in range(2):
        card.set(MAR + 4 * half, 4, 0xFFFFFFFF & ~(1 << (number & 31) if number >> 5 == half else 0))
    card.model.receive(frame(GROUP))
    assert card.get(CR, 1) & BUFE


def test_runts_are_taken_only_when_asked_for(card: Card) -> None:
    card.start(APM)
    card.model.receive(frame(size=59))
    assert card.get(CR, 1) & BUFE
    card.set(RCR, 4, APM | AR)
    card.model.receive(frame(size=59))
    assert not card.get(CR, 1) & BUFE


def test_nothing_is_received_while_off_or_no_bus_master(card: Card) -> None:
    card.model.receive(frame())
    assert card.get(CR, 1) & BUFE
    card.start()
    card.model.configuration.write(0x04, 2, 3)
    card.model.receive(frame())
    assert card.get(CR, 1) & BUFE
    assert not card.bench.fired


def test_masked_causes_do_not_interrupt(card: Card) -> None:
    card.start()
    card.set(IMR, 2, TOK)
    card.model.receive(frame())
    assert card.get(ISR, 2) == ROK
    assert not card.irq.level
    card.set(IMR, 2, ROK)
    assert card.irq.level


# --- timer ---


def test_the_timer_counts_33_megahertz_and_interrupts(card: Card) -> None:
    card.start()
    card.set(TCTR, 4, 0)
    card.set(TIMER, 4, 33_000)
    card.bench.advance(999_000)
    assert 32_900 < card.get(TCTR, 4) < 33_000
    assert not card.irq.level
    card.bench.advance(1_100)
    assert card.get(ISR, 2) == TIMEOUT
    assert card.irq.level
