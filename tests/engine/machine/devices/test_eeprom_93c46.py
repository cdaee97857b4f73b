# SPDX-License-Identifier: GPL-2.0-or-later
"""The Microwire EEPROM, bit by bit (NM93C46 data sheet: start bit, opcode, six bits of address)."""

from __future__ import annotations

from engine.machine.devices.eeprom_93c46 import Eeprom93C46

READ, WRITE, ERASE, SPECIAL = 0b110, 0b101, 0b111, 0b100
ENABLE, DISABLE, WRITE_ALL = 0b110000, 0b000000, 0b010000


def send(chip: Eeprom93C46, value: int, bits: int) -> None:
    for place in reversed(range(bits)):
        bit = bool(value >> place & 1)
        chip.drive(True, False, bit)
        chip.drive(True, True, bit)


def command(chip: Eeprom93C46, opcode: int, address: int) -> None:
    chip.drive(False, False, False)
    send(chip, opcode << 6 | address, 9)


def receive(chip: Eeprom93C46) -> int:
    value = 0
    for _ in range(16):
        chip.drive(True, False, False)
        chip.drive(True, True, False)
        value = value << 1 | chip.output
    return value


def read(chip: Eeprom93C46, address: int) -> int:
    command(chip, READ, address)
    assert not chip.output  # the dummy bit
    return receive(chip)


def test_words_are_read_and_the_next_follows() -> None:
    chip = Eeprom93C46((0x1234, 0xABCD))
    assert read(chip, 0) == 0x1234
    assert receive(chip) == 0xABCD
    assert read(chip, 63) == 0xFFFF


def test_writing_needs_to_be_enabled() -> None:
    chip = Eeprom93C46((0x1234,))
    command(chip, WRITE, 0)
    send(chip, 0x5555, 16)
    assert read(chip, 0) == 0x1234
    command(chip, SPECIAL, ENABLE)
    command(chip, WRITE, 0)
    send(chip, 0x5555, 16)
    assert read(chip, 0) == 0x5555
    command(chip, ERASE, 0)
    assert read(chip, 0) == 0xFFFF
    command(chip, SPECIAL, DISABLE)
    command(chip, WRITE, 0)
    send(chip, 0x5555, 16)
    assert read(chip, 0) == 0xFFFF


def test_all_words_at_once() -> None:
    chip = Eeprom93C46(())
    command(chip, SPECIAL, ENABLE)
    command(chip, SPECIAL, WRITE_ALL)
    send(chip, 0xA5A5, 16)
    assert set(chip.words) == {0xA5A5}


def test_nothing_happens_before_the_start_bit() -> None:
    chip = Eeprom93C46((0x1234,))
    chip.drive(False, False, False)
    send(chip, 0, 5)
    send(chip, READ << 6, 9)
    assert receive(chip) == 0x1234
