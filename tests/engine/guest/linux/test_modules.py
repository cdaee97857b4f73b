# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of loaded modules in the guest's memory."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from engine.guest.linux.guest import LinuxGuest, LinuxRecogniser
from tests.engine.guest.linux.small_kernel import DATA, HEAP, SmallKernel

LIVE, COMING = 0, 1
SIZE = 152
CODE = 0xFFFFFFFFC0100000
GLOBAL_FUNCTION, LOCAL_OBJECT, FILE = 0x12, 0x01, 0x04


@pytest.fixture(params=[True, False], ids=["6.4", "6.1"])
def small(request: pytest.FixtureRequest) -> Iterator[SmallKernel]:
    made = SmallKernel(since_6_4=request.param)
    yield made
    made.core.close()


@pytest.fixture
def guest(small: SmallKernel) -> LinuxGuest:
    found = LinuxRecogniser()(small.core)
    assert found is not None
    found.update(small.core)
    return found


def load(small: SmallKernel, number: int, name: bytes, state: int = LIVE) -> None:
    """Put a module at the head of the list."""
    at, head = HEAP + 0x60000 + 0x1000 * number, DATA + 0x200
    first = bytes(small.core.ram[head : head + 8])
    code = CODE + 0x10000 * number
    strings = b"\0" + name + b"_open\0" + name + b"_state\0file.c\0printk\0"
    names = [strings.index(text) for text in (name + b"_open", name + b"_state", b"file.c", b"printk")]
    entries = [
        (0, 0, 0, 0, 0, 0),
        (names[0], GLOBAL_FUNCTION, 0, 1, code + 0x40, 16),
        (names[1], LOCAL_OBJECT, 0, 2, code + 0x400, 8),
        (names[2], FILE, 0, 0xFFF1, 0, 0),
        (names[3], 0x10, 0, 0, 0, 0),
    ]
    words = [code - (small.at(at) + 0x600), code + 0x100 - (small.at(at) + 0x604)]
    table = struct.pack(f"<{len(words)}i", *(word - (1 << 32) if word >= 1 << 31 else word for word in words))
    small.put(at, struct.pack("<I4x", state) + first + struct.pack("<Q", 0))
    small.put(at + 24, name.ljust(56, b"\0"))
    small.put(at + 88, struct.pack("<QI", code, 0x1000))
    small.put(at + 120, struct.pack("<Q", small.at(at) + 0x200))
    small.put(at + 128, struct.pack("<QQQ", 2, small.at(at) + 0x600, small.at(at) + 0x700))
    small.put(at + 0x200, struct.pack("<QQQ", small.at(at) + 0x300, len(entries), small.at(at) + 0x500))
    small.put(at + 0x300, b"".join(struct.pack("<IBBHQQ", *entry) for entry in entries))
    small.put(at + 0x500, strings)
    small.put(at + 0x600, table)
    small.put(at + 0x700, 2 * struct.pack("<hhBB", 8, 0, 5, 2 if small.since_6_4 else 0))
    small.put(head, struct.pack("<Q", small.at(at) + 8))


def test_a_module_that_was_loaded_brings_its_symbols(small: SmallKernel, guest: LinuxGuest):
    load(small, 0, b"ext4")
    load(small, 1, b"virtio")
    assert guest.update(small.core)
    assert guest.symbols["ext4_open"] == CODE + 0x40
    assert guest.symbols.describe(CODE + 0x10000 + 0x44) == "virtio_open+0x4"
    assert guest.symbols["virtio_state"] == CODE + 0x10400
    assert "printk" not in guest.symbols
    assert "file.c" not in guest.symbols
    assert not guest.update(small.core), "nothing new"


def test_one_that_was_unloaded_takes_them_along(small: SmallKernel, guest: LinuxGuest):
    head = bytes(small.core.ram[DATA + 0x200 : DATA + 0x208])
    load(small, 0, b"ext4")
    guest.update(small.core)
    small.put(DATA + 0x200, head)
    assert guest.update(small.core)
    assert "ext4_open" not in guest.symbols


def test_one_that_is_being_loaded_waits(small: SmallKernel, guest: LinuxGuest):
    load(small, 0, b"ext4", COMING)
    assert not guest.update(small.core)


def test_stacks_go_through_a_module_by_its_own_unwind_table(small: SmallKernel, guest: LinuxGuest):
    load(small, 0, b"ext4")
    guest.update(small.core)
    top = small.at(HEAP + 0x10000)
    small.put(HEAP + 0x10000, struct.pack("<Q", small.at(0x1000000) + 0x2010))
    small.stack(CODE + 0x44, top, 0)
    assert guest.stack(small.core).describe(guest.symbols)[0] == "ext4_open+0x4"
    assert guest.stack(small.core).addresses[1] == small.at(0x1000000) + 0x2010


def test_a_list_that_never_ends_is_left(small: SmallKernel, guest: LinuxGuest):
    load(small, 0, b"ext4")
    at = HEAP + 0x60000
    small.put(at + 8, struct.pack("<Q", small.at(at) + 8))
    guest.update(small.core)
    assert "ext4_open" in guest.symbols
