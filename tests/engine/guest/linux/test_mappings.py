# SPDX-License-Identifier: GPL-2.0-or-later
"""User-space code by what is mapped there, in memory with a tree of mappings."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

import pytest

from engine.guest.linux import mappings
from engine.guest.stacks import parse, stack_of
from tests.engine.guest.linux import tables
from tests.engine.guest.linux.small_kernel import HEAP, IMAGE, PRESENT, TOP, USER_TOP, SmallKernel
from tests.engine.guest.linux.test_prelude import kernel_of, printed

MM, ROOT, LEAVES, AREAS, FILES, NAMES = (HEAP + 0x10000 + 0x2000 * place for place in range(6))
LEAF, RANGE, INNER = 1, 2, 3
NODE, ROOT_NODE = 4, 6
"""Low bits of pointers to nodes: of those in slots, and of the root."""
READ, EXECUTE = 1, 4
STACK = 0x2000
"""Address of a page of the process."""


@pytest.fixture
def small() -> Iterator[SmallKernel]:
    made = SmallKernel()
    made.put(HEAP + 0x200 + 32, struct.pack("<Q", made.at(MM)))
    yield made
    made.core.close()


def node(
    small: SmallKernel, physical: int, kind: int, pivots: Sequence[int], slots: Sequence[int], bits: int = NODE
) -> int:
    """A node of the tree; what a slot has for it, or the tree for its root."""
    count = 9 if kind == INNER else 15
    packed = [*pivots, *[0] * (count - len(pivots)), *slots]
    small.put(physical, struct.pack(f"<Q{len(packed)}Q", 0, *packed))
    return small.at(physical) | kind << 3 | bits


def area(small: SmallKernel, number: int, start: int, end: int, page: int = 0, file: bytes = b"") -> int:
    """A mapping, of a file where one is named."""
    at, opened, name = AREAS + 0x100 * number, FILES + 0x100 * number, NAMES + 0x100 * number
    small.put(name, file + b"\0")
    small.put(opened, struct.pack("<QQQQ", 1, 0, 0, small.at(opened + 0x40)))
    small.put(opened + 0x40, struct.pack("<32xQQ", 0, small.at(name)))
    small.put(at, struct.pack("<5Q", start, end, page, small.at(opened) if file else 0, READ | EXECUTE * bool(file)))
    return small.at(at)


def grow(small: SmallKernel, *, inner: int = INNER) -> None:
    """A process with a program of two mappings, a heap without a file, and a library far above."""
    text = area(small, 0, 0x400000, 0x402000, 0, b"busybox")
    data = area(small, 1, 0x402000, 0x403000, 5, b"busybox")
    heap = area(small, 2, 0x800000, 0x900000)
    library = area(small, 3, 0x7F0000000000, 0x7F0000004000, 0x10, b"libc_2.so.6")
    low = node(small, LEAVES, LEAF, (0x3FFFFF, 0x401FFF, 0x402FFF, 0x7FFFFF, 0x8FFFFF), (0, text, data, 0, heap))
    high = node(small, LEAVES + 0x100, LEAF, (0x7EFFFFFFFFFF, 0x7F0000003FFF), (0, library, 0))
    root = node(small, ROOT, inner, (0x8FFFFF, 2**64 - 1), (low, high), ROOT_NODE)
    small.put(MM + 32, struct.pack("<Q", root))


def placed(small: SmallKernel, address: int) -> bytes:
    return printed(small, f'(vprobe VMM1Hz (printf "%s" (curmapping {address:#x})))')


@pytest.mark.parametrize("inner", [INNER, RANGE])
@pytest.mark.parametrize(
    ("address", "text"),
    [
        (0x400000, b"busybox+0x0"),
        (0x401FFF, b"busybox+0x1fff"),
        (0x402010, b"busybox+0x5010"),
        (0x7F0000000123, b"libc_2.so.6+0x10123"),
        (0x3FFFFF, b"0x3fffff"),
        (0x403000, b"0x403000"),
        (0x800010, b"[anon]+0x10"),
        (0x7F0000004000, b"0x7f0000004000"),
        (0xFFFFFFFF81000000, b"0xffffffff81000000"),
    ],
)
def test_an_address_has_the_file_that_is_mapped_there_and_the_offset_in_it(
    small: SmallKernel, inner: int, address: int, text: bytes
):
    grow(small, inner=inner)
    assert placed(small, address) == text


def test_a_node_may_be_full(small: SmallKernel):
    areas = [area(small, at, at << 12, (at + 1) << 12, file=b"file%d" % at) for at in range(16)]
    root = node(small, ROOT, LEAF, [(at + 1 << 12) - 1 for at in range(15)], areas, ROOT_NODE)
    small.put(MM + 32, struct.pack("<Q", root))
    assert [placed(small, 0x1000 * at + 1) for at in (1, 7, 14, 15)] == [b"file%d+0x1" % at for at in (1, 7, 14, 15)]


def test_a_kernel_thread_and_early_boot_have_addresses_only(small: SmallKernel):
    small.put(HEAP + 0x200 + 32, bytes(8))
    assert placed(small, 0x400000) == b"0x400000"
    small.early()
    assert placed(small, 0x400000) == b"0x400000"


def user_page(small: SmallKernel, words: Sequence[int]) -> None:
    """The page of the process, in user mode with its frame pointer at the page's start."""
    for table, entry in ((TOP, USER_TOP + 0x4000), (USER_TOP + 0x4000, USER_TOP + 0x5000)):
        small.put(table, struct.pack("<Q", entry | PRESENT))
    small.put(USER_TOP + 0x5000, struct.pack("<Q", USER_TOP + 0x6000 | PRESENT))
    small.put(USER_TOP + 0x6000 + 8 * (STACK >> 12), struct.pack("<Q", HEAP + 0x40000 + STACK | PRESENT))
    small.put(HEAP + 0x40000 + STACK, struct.pack(f"<{len(words)}Q", *words))
    small.registers(user=True)
    small.stack(0x400123, STACK, STACK)


USER_STACK = '(vprobe VMM1Hz (printf "[%s]" (curuserstack)))'


def test_a_stack_has_the_place_of_each_frame(small: SmallKernel):
    grow(small)
    user_page(small, (STACK + 16, 0x401000, 0x5000, 0x7F0000000010))
    assert printed(small, USER_STACK) == b"[GUEST_busybox+0x123_busybox+0x1000_libc_2.so.6+0x10010]"
    user_page(small, (STACK + 16, 0x401000, 0x5000, 0x800010))
    assert printed(small, USER_STACK) == b"[GUEST_busybox+0x123_busybox+0x1000]", "the heap has no code"
    small.registers()
    assert printed(small, USER_STACK) == b"[]"


def test_a_stack_that_does_not_fit_into_a_string_is_cut_between_frames(small: SmallKernel):
    library = area(small, 0, 0x400000, 0x500000, 0, b"l" * 60)
    root = node(small, ROOT, LEAF, (0x3FFFFF, 0x4FFFFF), (0, library, 0), ROOT_NODE)
    small.put(MM + 32, struct.pack("<Q", root))
    user_page(small, [word for at in range(6) for word in (STACK + 16 * (at + 1), 0x400010 + at)])
    frame = b"_" + b"l" * 60 + b"+0x"
    assert printed(small, USER_STACK) == b"[GUEST" + frame + b"123" + frame + b"10" + frame + b"11_...]"


def test_memory_without_a_file_is_named_by_its_use(small: SmallKernel):
    grow(small)
    small.put(MM + 40, struct.pack("<QQQ", 0x800000, 0x8FF000, 0x7F0000003F00))
    assert placed(small, 0x800010) == b"[heap]+0x10"
    stack = area(small, 4, 0x7F0000000000, 0x7F0000004000)
    vdso = area(small, 5, 0x10000, 0x12000)
    root = node(small, ROOT, LEAF, (0x7EFFFFFFFFFF, 0x7F0000003FFF), (vdso, stack, 0), ROOT_NODE)
    small.put(MM + 32, struct.pack("<Q", root))
    assert placed(small, 0x7F0000001000) == b"[stack]+0x1000"
    assert placed(small, 0x10800) == b"[anon]+0x800"
    small.put(MM + 72, struct.pack("<Q", 0x10000))
    assert placed(small, 0x10800) == b"[vdso]+0x800"


def test_a_name_is_one_printable_word(small: SmallKernel):
    text = area(small, 0, 0x400000, 0x402000, 0, b"a b\x1b[31m" + "\u00e9".encode())
    root = node(small, ROOT, LEAF, (0x3FFFFF, 0x401FFF), (0, text, 0), ROOT_NODE)
    small.put(MM + 32, struct.pack("<Q", root))
    assert placed(small, 0x400001) == "a?b?[31m\u00e9+0x1".encode()


def test_a_tree_without_an_end_is_given_up(small: SmallKernel):
    root = small.at(ROOT) | RANGE << 3 | ROOT_NODE
    node(small, ROOT, RANGE, (2**64 - 1,), (root,))
    small.put(MM + 32, struct.pack("<Q", root))
    assert placed(small, 0x400000) == b"0x400000"


def test_the_stack_of_the_kernel_goes_on_in_the_process(small: SmallKernel):
    grow(small)
    user_page(small, (STACK + 16, 0x401000, 0, 0))
    small.registers()
    registers = HEAP + 0x30000
    small.put(registers + 32, struct.pack("<Q", STACK))
    small.put(registers + 128, struct.pack("<QQQQ", 0x400123, 0x33, 0, STACK))
    small.stack(small.at(IMAGE) + 0x1000, small.at(registers), 0)
    entry = f"0x{small.at(IMAGE) + 0x1000:x}".encode()
    script = '(defstring s) (vprobe VMM1Hz (gueststack s) (printf "%s" s))'
    assert printed(small, script) == b"GUEST_" + entry + b"_busybox+0x123_busybox+0x1000"
    assert stack_of(small.core) == parse(f"GUEST_{entry.decode()}_busybox+0x123_busybox+0x1000")


def test_what_is_forgotten_has_no_names(small: SmallKernel):
    grow(small)
    assert placed(small, 0x400000) == b"busybox+0x0"
    assert small.core.place(0x400000) == "busybox+0x0"
    small.core.set_mappings(None)
    assert small.core.place(0x400000) == "0x400000"


def test_a_kernel_without_such_a_tree_has_none():
    types = tables.BtfWriter()
    types.section(".data..percpu", [("current_task", types.integer("long unsigned int", 8), 0x1FB80)])
    assert mappings.of(kernel_of([], types.data())) is None
    assert mappings.of(kernel_of([])) is None
