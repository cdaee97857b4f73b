# SPDX-License-Identifier: GPL-2.0-or-later
"""The firmware's ACPI tables, found and read as an operating system does (ACPI specification 2.0, 5 and 17)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from engine.machine import aml
from engine.machine.machine import Machine

NAME, SCOPE, PACKAGE, BUFFER = 0x08, 0x10, 0x12, 0x11


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with Machine() as machine:
        yield machine


@pytest.fixture(scope="module")
def root(machine: Machine) -> bytes:
    """The root pointer, searched for as 5.2.4.1 says."""
    area = machine.memory.read(0xE0000, 0x20000)
    (at,) = [at for at in range(0, len(area), 16) if area[at : at + 8] == b"RSD PTR "]
    return area[at : at + 36]


def table(machine: Machine, address: int) -> bytes:
    (size,) = struct.unpack("<I", machine.memory.read(address + 4, 4))
    data = machine.memory.read(address, size)
    assert sum(data) % 256 == 0
    return data


@pytest.fixture(scope="module")
def tables(machine: Machine, root: bytes) -> dict[str, bytes]:
    """Every table by its signature; RSDT and XSDT must name the same ones."""
    (rsdt,) = struct.unpack_from("<I", root, 16)
    (xsdt,) = struct.unpack_from("<Q", root, 24)
    short, long = table(machine, rsdt), table(machine, xsdt)
    assert (short[:4], long[:4]) == (b"RSDT", b"XSDT")
    addresses = [at for (at,) in struct.iter_unpack("<I", short[36:])]
    assert addresses == [at for (at,) in struct.iter_unpack("<Q", long[36:])]
    found = {data[:4].decode(): data for data in (table(machine, at) for at in addresses)}
    fadt = found["FACP"]
    facs, dsdt = struct.unpack_from("<II", fadt, 36)
    assert struct.unpack_from("<QQ", fadt, 132) == (facs, dsdt)
    assert machine.memory.read(facs, 8) == b"FACS" + struct.pack("<I", 64)
    assert facs % 64 == 0
    return found | {"DSDT": table(machine, dsdt)}


def test_both_sums_of_the_root_pointer(root: bytes) -> None:
    assert sum(root[:20]) % 256 == 0
    assert sum(root) % 256 == 0
    assert root[15] == 2
    assert struct.unpack_from("<I", root, 20) == (36,)


def test_fixed_hardware(machine: Machine, tables: dict[str, bytes]) -> None:
    fadt = tables["FACP"]
    assert len(fadt) == 244
    events, control, timer = (struct.unpack_from("<I", fadt, at)[0] for at in (56, 64, 76))
    assert (fadt[88], fadt[89], fadt[91]) == (4, 2, 4)
    assert struct.unpack_from("<H", fadt, 46) == (9,)  # SCI
    assert struct.unpack_from("<I", fadt, 48) == (0,)  # no SMI command: always in ACPI mode
    assert machine.access.port_in(0, control, 2) & 1  # SCI_EN
    assert machine.access.port_in(0, timer, 4) < 1 << 24
    for offset, address, bits in ((148, events, 32), (172, control, 16), (208, timer, 32)):
        assert struct.unpack_from("<BBBBQ", fadt, offset) == (1, bits, 0, 0, address)
    assert struct.unpack_from("<BBBBQB", fadt, 116) == (1, 8, 0, 0, 0xCF9, 6)  # reset register and value


LEVEL_LINES = [5, 9, 10, 11, 12]
"""Of the four PCI cards and the SCI."""


def test_interrupt_controllers(tables: dict[str, bytes]) -> None:
    madt = tables["APIC"]
    assert struct.unpack_from("<II", madt, 36) == (0xFEE00000, 1)
    entries: dict[int, list[bytes]] = {}
    at = 44
    while at < len(madt):
        entries.setdefault(madt[at], []).append(madt[at : at + madt[at + 1]])
        at += madt[at + 1]
    assert entries[0] == [struct.pack("<BBBBI", 0, 8, 0, 0, 1)]
    assert [struct.unpack("<BBBxII", entry)[3:] for entry in entries[1]] == [(0xFEC00000, 0)]
    overrides = {entry[3]: struct.unpack("<IH", entry[4:]) for entry in entries[2]}
    assert overrides == {0: (2, 0), **{line: (line, 0xD) for line in LEVEL_LINES}}
    assert entries[4] == [struct.pack("<BBBHB", 4, 6, 0xFF, 0, 1)]


def test_overrides_are_how_the_8259_is_set_up(machine: Machine) -> None:
    edge_or_level = machine.access.port_in(0, 0x4D0, 1) | machine.access.port_in(0, 0x4D1, 1) << 8
    assert [line for line in range(16) if edge_or_level >> line & 1] == LEVEL_LINES


# --- the DSDT, by a reader of the few things it holds ---

Value = int | bytes | list["Value"]


class Reader:
    """Names and their values, by full path."""

    def __init__(self, code: bytes) -> None:
        self.code = code
        self.names: dict[str, Value] = {}
        self.terms(0, len(code), "")

    def length(self, at: int) -> tuple[int, int]:
        """Where a package ends, and where its content begins."""
        extra = self.code[at] >> 6
        size = self.code[at] & (15 if extra else 63)
        for n in range(extra):
            size |= self.code[at + 1 + n] << 4 + 8 * n
        return at + size, at + 1 + extra

    def name(self, at: int, path: str) -> tuple[str, int]:
        if self.code[at] == 0x5C:
            at, path = at + 1, ""
        return path + "." + self.code[at : at + 4].decode().rstrip("_"), at + 4

    def value(self, at: int) -> tuple[Value, int]:
        code = self.code[at]
        if code < 2:
            return code, at + 1
        if code in (10, 11, 12):
            size = 1 << code - 10
            return int.from_bytes(self.code[at + 1 : at + 1 + size], "little"), at + 1 + size
        end, inside = self.length(at + 1)
        if code == BUFFER:
            count, inside = self.value(inside)
            assert count == end - inside
            return self.code[inside:end], end
        assert code == PACKAGE
        elements: list[Value] = []
        inside += 1
        while inside < end:
            element, inside = self.value(inside)
            elements.append(element)
        assert len(elements) == self.code[self.length(at + 1)[1]]
        return elements, end

    def terms(self, at: int, end: int, path: str) -> None:
        while at < end:
            if self.code[at] == NAME:
                name, at = self.name(at + 1, path)
                self.names[name], at = self.value(at)
                continue
            at += 1 if self.code[at] == SCOPE else 2
            assert self.code[at - 1] == SCOPE or self.code[at - 2 : at] == b"\x5b\x82"  # Device
            stop, at = self.length(at)
            name, at = self.name(at, path)
            self.terms(at, stop, name)
            at = stop


@pytest.fixture(scope="module")
def dsdt(tables: dict[str, bytes]) -> dict[str, Value]:
    return Reader(tables["DSDT"][36:]).names


def test_event_timers(machine: Machine, tables: dict[str, bytes], dsdt: dict[str, Value]) -> None:
    """HPET specification 1.0a, 3.2.4: the table names the block by its first register."""
    block, space, width, offset, address, number, ticks, protection = struct.unpack("<IBBxBQBHB", tables["HPET"][36:])
    assert block == machine.windows.read(0xFED00000, 4)
    assert (space, width, offset, address, number, protection) == (0, 64, 0, 0xFED00000, 0, 0)
    assert ticks > 0
    assert dsdt["._SB.HPET._HID"] == 0x0301D041  # PNP0103
    assert dsdt["._SB.HPET._CRS"] == bytes.fromhex("86 0900 01 0000d0fe 00040000 7900")


def test_how_to_switch_off(dsdt: dict[str, Value]) -> None:
    assert dsdt["._S5"] == [0, 0, 0, 0]


def test_no_state_of_sleep_is_declared(dsdt: dict[str, Value]) -> None:
    """The machine has none of them: a guest that wanted to sleep would not wake."""
    assert not {"._S1", "._S2", "._S3", "._S4"} & set(dsdt)


def test_the_host_bridge(dsdt: dict[str, Value]) -> None:
    assert dsdt["._SB.PCI0._HID"] == 0x030AD041  # PNP0A03
    assert dsdt["._SB.PCI0._PRT"] == [[0x0003FFFF, 0, 0, 11]]
    resources = dsdt["._SB.PCI0._CRS"]
    assert isinstance(resources, bytes)
    assert resources[-2:] == b"\x79\0"


def test_the_interrupt_of_the_network_card_is_what_its_configuration_says(machine: Machine) -> None:
    assert machine.motherboard.card.configuration.read(0x3C, 1) == 11


@pytest.mark.parametrize("size", [10, 61, 62, 63, 4093, 4094, 5000, 70000])
def test_lengths_of_packages(size: int) -> None:
    reader = Reader(aml.named("BIG", aml.buffer(bytes(size))))
    assert reader.names[".BIG"] == bytes(size)


@pytest.mark.parametrize("value", [0, 1, 2, 0xFF, 0x100, 0xFFFF, 0x10000, 0xFFFFFFFF])
def test_integers(value: int) -> None:
    assert Reader(aml.named("N", aml.integer(value))).names[".N"] == value
