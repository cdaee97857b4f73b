# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels loaded as a Multiboot loader does (Multiboot Specification 0.6.96, chapter 3)."""

from __future__ import annotations

import gzip
import itertools
import struct
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.registers import Register
from engine.machine import multiboot, snapshot
from engine.machine.config import MIB, MachineConfig
from engine.machine.machine import Machine
from engine.machine.multiboot import Module, MultibootError
from tests.engine.machine.multiboot_kernel import elf, flat

MAGIC, LOADED = 0x1BADB002, 0x2BADB002


def booted(data: bytes, words: str = "", modules: tuple[Module, ...] = (), ram: int = 32 * MIB) -> Machine:
    kernel = multiboot.kernel(data, words, modules)
    assert kernel is not None
    machine = Machine(None, MachineConfig(ram_bytes=ram), kernel)
    machine.run_seconds(0.01)
    return machine


def results(machine: Machine) -> tuple[int, ...]:
    """What the kernel wrote where its file says 0x55555555."""
    place = 0x200000 + elf_offset()
    return struct.unpack("<5I2H", machine.memory.read(place, 24))


@cache
def elf_offset() -> int:
    return flat().index(struct.pack("<6I", *[0x55555555] * 6))


@pytest.mark.parametrize("make", [elf, flat])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_state_at_the_entry(make, pack) -> None:
    """3.2: magic in EAX, information in EBX, protected mode without paging, interrupts off, flat segments."""
    with booted(pack(make())) as machine:
        magic, place, control, zeros, flags, code, data = results(machine)
        assert magic == LOADED
        assert place == machine.memory.read_int(0x200000 + elf_offset() + 4, 4) != 0
        assert control & 0x80000001 == 1
        assert zeros == 0
        assert flags & 0x20200 == 0
        assert code != data
        assert machine.halted(0)


def information(machine: Machine) -> tuple[int, ...]:
    """The first 18 words of the structure of 3.3."""
    return struct.unpack("<18I", machine.memory.read(results(machine)[1], 72))


def text(machine: Machine, place: int) -> bytes:
    return machine.memory.read(place, 64).split(b"\0")[0]


def test_command_line_memory_and_loader() -> None:
    with booted(elf(), "kernel root=/dev/hda verbose", ram=48 * MIB) as machine:
        words = information(machine)
        assert words[0] & 0b1001001101 == 0b1001000101  # memory, command line, map, loader; no modules
        assert words[1:3] == (639, 47 * 1024)
        assert text(machine, words[4]) == b"kernel root=/dev/hda verbose"
        assert text(machine, words[16]) == b"vptop"
        regions, at, end = [], words[12], words[12] + words[11]
        while at < end:
            size, base, length, kind = struct.unpack("<IQQI", machine.memory.read(at, 24))
            regions.append((base, length, kind))
            at += size + 4
        assert (0x100000, 47 * MIB, 1) in regions
        assert regions[0] == (0, 639 * 1024, 1)
        assert all(base + length <= after[0] for (base, length, _), after in itertools.pairwise(regions))


def test_modules_lie_behind_the_kernel_on_pages_of_their_own() -> None:
    first, second = Module(b"a" * 5000, "first one"), Module(b"second module", "second")
    with booted(elf(), modules=(first, second)) as machine:
        words = information(machine)
        assert words[0] & 8
        assert words[5] == 2
        top = 0x202000
        for number, module in enumerate((first, second)):
            start, end, name, _ = struct.unpack("<4I", machine.memory.read(words[6] + 16 * number, 16))
            assert start % 4096 == 0
            assert start >= top
            assert machine.memory.read(start, end - start) == module.data
            assert text(machine, name).decode() == module.words
            top = end


def test_a_reset_loads_the_kernel_again() -> None:
    with booted(elf()) as machine:
        before = results(machine)
        machine.memory.write(0x200000, bytes(0x8000))
        machine.reset()
        machine.run_seconds(0.01)
        assert results(machine) == before


def test_a_snapshot_needs_the_same_kernel(tmp_path: Path) -> None:
    path = tmp_path / "a.snapshot"
    with booted(elf(), "one") as machine:
        snapshot.save(machine, path)
        registers = [machine.cpus[0][register] for register in Register]
    with snapshot.restore(path, None, multiboot.kernel(elf(), "one")) as restored:
        assert [restored.cpus[0][register] for register in Register] == registers
    with pytest.raises(snapshot.SnapshotError, match="another disk image or kernel"):
        snapshot.restore(path, None, multiboot.kernel(elf(), "two"))


REFUSED = {
    "of the second version": (
        struct.pack("<IIII", 0xE85250D6, 0, 16, -(0xE85250D6 + 16) & 0xFFFFFFFF) + bytes(64), "Multiboot 2"
    ),
    "with features unknown": (struct.pack("<III", MAGIC, 8, -(MAGIC + 8) & 0xFFFFFFFF) + bytes(64), "features 0x8"),
    "cut off": (struct.pack("<III", MAGIC, 0x10000, -(MAGIC + 0x10000) & 0xFFFFFFFF), "cut off"),
    "no ELF": (struct.pack("<III", MAGIC, 0, -MAGIC & 0xFFFFFFFF) + bytes(64), "not a complete ELF"),
    "addresses beyond the file": (
        struct.pack("<8I", MAGIC, 0x10000, -(MAGIC + 0x10000) & 0xFFFFFFFF, 0x100000, 0x200000, 0, 0, 0), "do not fit"
    ),
    "over the boot information": (
        struct.pack("<8I", MAGIC, 0x10000, -(MAGIC + 0x10000) & 0xFFFFFFFF, 0x10000, 0x10000, 0, 0, 0x10000), "no room"
    ),
    "packed and damaged": (b"\x1f\x8b" + b"damaged", "damaged"),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_loaded_is_refused(why: str) -> None:
    data, words = REFUSED[why]
    with pytest.raises(MultibootError, match=words):
        multiboot.kernel(data)


def test_what_does_not_fit_into_memory_is_refused() -> None:
    for ram, modules, needs in (
        (1 * MIB, (), "the kernel needs 3 MiB of memory, there are 1; use --memory"),
        (
            4 * MIB,
            (Module(bytes(3 * MIB)),),
            "the kernel and its modules need 6 MiB of memory, there are 4; use --memory",
        ),
    ):
        with pytest.raises(MultibootError, match=needs):
            booted(elf(), modules=modules, ram=ram)


@pytest.mark.parametrize("data", [b"", b"x", bytes(9000), bytes(8192) + flat()])
def test_no_header_no_kernel(data: bytes) -> None:
    assert multiboot.kernel(data) is None


@given(st.data())
def test_damaged_kernels_are_loaded_or_refused(data) -> None:
    whole = bytearray(data.draw(st.sampled_from([elf(), flat()])))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, min(len(whole), 4096) - 1))] = data.draw(st.integers(0, 255))
    try:
        kernel = multiboot.kernel(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    except MultibootError:
        return
    assert kernel is None or kernel.segments
