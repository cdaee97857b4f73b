# SPDX-License-Identifier: GPL-2.0-or-later
"""Encodings of the ACPI machine language, by the ACPI specification 2.0, chapter 17 (17.2.2, 17.2.4) and 6.4."""

from __future__ import annotations

import pytest

from engine.machine import aml


@pytest.mark.parametrize(
    ("value", "encoded"),
    [(0, "00"), (1, "01"), (2, "0a02"), (0xFF, "0aff"), (0x100, "0b0001"), (0x12345678, "0c78563412")],
)
def test_integers_take_the_shortest_form(value: int, encoded: str) -> None:
    assert aml.integer(value).hex() == encoded


def test_integers_have_32_bits() -> None:
    with pytest.raises(ValueError, match="32 bits"):
        aml.integer(1 << 32)


def test_names_are_padded_with_underscores() -> None:
    assert aml.segment("S5") == b"S5__"
    assert aml.segment("\\_SB") == b"\\_SB_"


def test_a_package_length_counts_itself() -> None:
    assert aml.package(aml.integer(5), aml.integer(0)).hex() == "1205020a0500"
    long = aml.buffer(bytes(100))
    assert long[:3] == bytes([0x11, 0x40 | (104 & 15), 104 >> 4])
    assert len(long) == 1 + 104


def test_an_eisa_id_is_the_one_of_the_specification() -> None:
    assert aml.eisa_id("PNP0A03") == bytes.fromhex("0c41d00a03")


def test_a_port_range_counts_its_ports() -> None:
    assert aml.port_range(0xD00, 0xFFFF)[6:].hex() == "0000" + "000d" + "ffff" + "0000" + "00f3"
    assert aml.memory(0xFED00000, 0x400).hex() == "86" + "0900" + "01" + "0000d0fe" + "00040000"
    assert aml.resources(aml.io_ports(0xCF8, 8)).hex().endswith("4701f80cf80c0108" + "7900")
