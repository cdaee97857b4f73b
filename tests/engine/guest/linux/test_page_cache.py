# SPDX-License-Identifier: GPL-2.0-or-later
"""Files in a kernel's page cache: trees of pages as an XArray has them, whole and damaged."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

import pytest

from engine.guest.linux.guest import LinuxRecogniser
from engine.guest.linux.layout import LayoutError
from engine.guest.linux.page_cache import MOST_BYTES, PAGE, UNKNOWN, CachedFile, PageCache
from tests.engine.guest.linux import tables
from tests.engine.guest.linux.small_kernel import HEAP, VMEMMAP, SmallKernel
from tests.engine.guest.linux.test_prelude import kernel_of

CONTENTS, INODE, NODES, FRAMES = (HEAP + at for at in (0x20000, 0x21000, 0x22000, 0x100000))
SLOTS, PAGE_STRUCT = 16, 64
EVICTED = 0x1235
"""What is left of a page that was evicted: an odd entry."""


@pytest.fixture
def small() -> Iterator[SmallKernel]:
    made = SmallKernel()
    yield made
    made.core.close()


def page(number: int) -> int:
    """The struct page of a frame."""
    return VMEMMAP + (FRAMES // PAGE + number) * PAGE_STRUCT


def text(number: int) -> bytes:
    """What is in a frame."""
    return bytes([number + 65]) * PAGE


def node(small: SmallKernel, number: int, shift: int, slots: Mapping[int, int]) -> int:
    """A node of the tree; the entry that leads to it."""
    at = NODES + 0x100 * number
    small.put(at, struct.pack(f"<Q{SLOTS}Q", shift, *(slots.get(slot, 0) for slot in range(SLOTS))))
    return small.at(at) + 2


def contents(small: SmallKernel, root: int, size: int) -> int:
    """The address of a file's contents."""
    small.put(CONTENTS, struct.pack("<QQQ", small.at(INODE), 0, root))
    small.put(INODE, struct.pack("<QQ", 0, size))
    for number in range(SLOTS):
        small.put(FRAMES + number * PAGE, text(number))
    return small.at(CONTENTS)


def read(small: SmallKernel, root: int, size: int) -> CachedFile | None:
    guest = LinuxRecogniser()(small.core)
    assert guest is not None
    return PageCache(guest.kernel).file(contents(small, root, size), small.core.read_linear)


def test_a_file_of_one_page_has_no_node(small: SmallKernel) -> None:
    assert read(small, page(3), 100) == CachedFile(bytearray(text(3)[:100]), 0)


def test_pages_are_where_the_tree_has_them_and_the_others_unknown(small: SmallKernel) -> None:
    low = node(small, 1, 0, {0: page(5), 1: EVICTED, 2: page(6)})
    high = node(small, 2, 0, {1: page(7)})
    found = read(small, node(small, 0, 4, {0: low, 1: high}), 18 * PAGE)
    assert found is not None
    missing = UNKNOWN * PAGE
    assert found.data == text(5) + missing + text(6) + 14 * missing + text(7)
    assert found.missing == 15


def test_one_entry_may_stand_for_several_pages(small: SmallKernel) -> None:
    in_slots = node(small, 1, 0, {0: page(0), 4: page(8), 5: 4 << 2 | 2, 6: 4 << 2 | 2, 7: 4 << 2 | 2})
    found = read(small, node(small, 0, 0, {4: page(8), 5: 4 << 2 | 2, 6: 4 << 2 | 2, 7: 4 << 2 | 2}), 8 * PAGE)
    assert found is not None
    assert found.data[4 * PAGE :] == b"".join(text(number) for number in (8, 9, 10, 11))
    found = read(small, node(small, 0, 4, {0: in_slots, 1: page(0)}), 32 * PAGE)
    assert found is not None
    assert found.data[16 * PAGE :] == b"".join(text(number) for number in range(16))


def test_nothing_in_memory_is_no_file(small: SmallKernel) -> None:
    assert read(small, 0, 100) is None
    assert read(small, node(small, 0, 0, {0: EVICTED}), 100) is None
    assert read(small, page(0), 0) is None


def test_a_damaged_tree_has_what_can_be_read_of_it(small: SmallKernel) -> None:
    own = small.at(NODES) + 2
    node(small, 0, 4, {0: own, 1: own, 2: page(0)})
    assert read(small, own, 16 * PAGE) is None, "a node below itself"
    loose = node(small, 1, 0, {0: VMEMMAP - 64, 1: page(1) + 8, 2: page(1 << 30), 3: page(2)})
    found = read(small, loose, 4 * PAGE)
    assert found is not None
    assert found.missing == 3
    assert found.data[3 * PAGE :] == text(2)
    assert read(small, 0xFFFF_FFFF_FFFF_FFFE, 100) is None
    long = read(small, node(small, 2, 60, {0: page(1)}), 1 << 62)
    assert long is not None
    assert len(long.data) == MOST_BYTES


def test_a_kernel_that_does_not_say_where_its_pages_are() -> None:
    types = tables.small_types().data()
    for symbols in ([], [(0xFFFFFFFF81000000, "D", "vmemmap_base")]):
        with pytest.raises(LayoutError, match="says nothing of its pages"):
            PageCache(kernel_of(symbols, types))
