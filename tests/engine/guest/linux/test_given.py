# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbols that a person names a file of: fitted to the kernel that runs, wherever that is."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from engine.guest.linux.given import GivenSymbols
from engine.guest.linux.guest import LinuxGuest, LinuxRecogniser
from engine.guest.symbols import Symbol, Symbols
from tests.engine.guest.linux import small_kernel, tables
from tests.engine.guest.linux.small_kernel import HEAP, IMAGE, SmallKernel, virtual

MOVED = 6 << 21
EARLY, END, MODULE = IMAGE + 0x5000 + 0x3B0, 0x1800000, 0x1900000


@pytest.fixture
def small() -> Iterator[SmallKernel]:
    """A kernel that runs elsewhere than it was linked, without kallsyms."""
    made = SmallKernel(moved=MOVED)
    made.put(small_kernel.TABLES, bytes(len(tables.kallsyms(made.symbols, since_6_4=True, relative=True, seqs=True))))
    yield made
    made.core.close()


def listed(small: SmallKernel, distance: int = 0) -> list[Symbol]:
    """The symbols of the kernel and of a module, as they were where the kernel ran another time."""
    more = [
        (virtual(EARLY), "T", "early_idt_handler_array"),
        (virtual(END), "B", "_end"),
        (virtual(MODULE), "t", "dummy_xmit"),
    ]
    return [(at + distance if at >> 63 else at, kind, name) for at, kind, name in [*small.symbols, *more]]


def recognised(small: SmallKernel, symbols: list[Symbol]) -> LinuxGuest | None:
    return LinuxRecogniser(GivenSymbols("System.map", Symbols(symbols)))(small.core)


@pytest.mark.parametrize("distance", [0, MOVED, 20 << 21])
def test_they_are_moved_to_where_the_kernel_runs(small: SmallKernel, distance: int):
    assert LinuxRecogniser()(small.core) is None
    symbols = listed(small, distance)
    guest = recognised(small, symbols)
    assert guest is not None
    assert guest.name == "Linux 6.1.0-small"
    assert guest.symbols["init_task"] == small.at(HEAP)
    assert guest.symbols["current_task"] == 0x1FB80, "an offset"
    assert "dummy_xmit" not in guest.symbols, "modules are elsewhere each time"
    assert guest.kernel.types is not None
    where = f", moved by {MOVED - distance:#x}" if distance != MOVED else ""
    assert guest.notice == f"System.map: {len(Symbols(symbols)) - 1} symbols taken for Linux 6.1.0-small{where}"


def test_they_are_recognised_while_the_kernel_starts(small: SmallKernel):
    handler = small.at(EARLY) + 14 * 9
    gate = struct.pack("<HHHHII", handler & 0xFFFF, 0x10, 0x8E00, handler >> 16 & 0xFFFF, handler >> 32, 0)
    small.put(small_kernel.IDT + 16 * small_kernel.GATES, gate)
    guest = recognised(small, listed(small))
    assert guest is not None
    assert guest.symbols["init_task"] == small.at(HEAP)


def test_those_of_another_kernel_are_not_taken(small: SmallKernel):
    others = [(at + (name == "asm_exc_page_fault") * 64, kind, name) for at, kind, name in listed(small)]
    assert recognised(small, others) is None
    others = [(at + (name == "linux_banner") * 64, kind, name) for at, kind, name in listed(small)]
    assert recognised(small, others) is None
    assert recognised(small, [one for one in listed(small) if one[2] != "linux_banner"]) is None


def test_a_kernel_that_names_itself_is_known_by_its_own_then():
    small = SmallKernel(moved=MOVED)
    others = [(at + (name == "linux_banner") * 64, kind, name) for at, kind, name in listed(small)]
    guest = recognised(small, others)
    assert guest is not None
    assert guest.symbols["init_task"] == small.at(HEAP)
    assert guest.notice == "System.map: not the symbols of Linux 6.1.0-small, whose own are used"
    small.core.close()
