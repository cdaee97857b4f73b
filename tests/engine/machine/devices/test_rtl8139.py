# SPDX-License-Identifier: GPL-2.0-or-later
"""The registers of the network card, by the RTL8139C(L) data sheet (Realtek, revision 1.4), chapter 5."""

from __future__ import annotations

import struct

import pytest

from tests.engine.machine.bench import Bench
from tests.engine.machine.card import (
    BUFE,
    CAPR,
    CBR,
    CONFIG1,
    CR,
    EEPROM,
    IDR,
    IMR,
    ISR,
    MAC,
    OWN,
    RBSTART,
    RST,
    TCR,
    TCTR,
    TIMEOUT,
    TIMER,
    TSD,
    WINDOW,
    Card,
)


@pytest.fixture
def card(bench: Bench) -> Card:
    return Card(bench)


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
