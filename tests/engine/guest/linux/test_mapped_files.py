# SPDX-License-Identifier: GPL-2.0-or-later
"""Functions of files that the core has named, from the guest's page cache."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from engine.guest.linux.guest import LinuxGuest, LinuxRecogniser
from engine.guest.linux.page_cache import PAGE
from tests.engine.guest.linux.elf_writer import CODE_AT, FUNCTION, LABEL, elf
from tests.engine.guest.linux.small_kernel import HEAP, SmallKernel
from tests.engine.guest.linux.test_mappings import FILES, MM, grow
from tests.engine.guest.linux.test_page_cache import node, page

TEXT = 0x401000
OWN = [("inner", TEXT + 0x10, 8, FUNCTION, False)]
EXPORTED = [("exported", TEXT + 0x20, 8, FUNCTION, True), ("_init", TEXT + 0x80, 0, LABEL, True)]


@pytest.fixture
def small() -> Iterator[SmallKernel]:
    made = SmallKernel()
    made.put(HEAP + 0x200 + 32, struct.pack("<Q", made.at(MM)))
    grow(made)
    yield made
    made.core.close()


def guest_of(small: SmallKernel) -> LinuxGuest:
    guest = LinuxRecogniser()(small.core)
    assert guest is not None
    guest.update(small.core)
    return guest


def put_file(small: SmallKernel, number: int, data: bytes, missing: tuple[int, ...] = ()) -> None:
    """Let a mapping of `grow` have contents: 0 and 1 are busybox, 3 is libc_2.so.6."""
    first, count = 16 * number, -(-len(data) // PAGE)
    at, inode = HEAP + 0x20000 + 0x40 * number, HEAP + 0x21000 + 0x40 * number
    small.put(HEAP + 0x100000 + first * PAGE, data)
    root = node(small, number, 0, {index: page(first + index) for index in range(count) if index not in missing})
    small.put(at, struct.pack("<QQQ", small.at(inode), 0, root))
    small.put(inode, struct.pack("<QQ", 0, len(data)))
    small.put(FILES + 0x100 * number + 8, struct.pack("<Q", small.at(at)))


def name(small: SmallKernel, *addresses: int) -> None:
    """Let the core name what is mapped at addresses."""
    for address in addresses:
        small.core.place(address)


def described(guest: LinuxGuest, file: str, offset: int) -> str:
    return guest.symbols.files[file].describe(CODE_AT + offset)


def test_a_file_has_functions_once_it_was_named(small: SmallKernel) -> None:
    put_file(small, 0, elf(OWN, EXPORTED))
    guest = guest_of(small)
    symbols = guest.symbols
    assert symbols.files.keys() == {"[vdso]"}
    name(small, 0x401000)
    assert guest.update(small.core)
    assert described(guest, "busybox", 0x12) == "inner+0x2"
    assert guest.symbols is symbols, "scripts that name symbols are not compiled again"
    assert not guest.update(small.core), "nothing new"
    name(small, 0x400000)
    assert not guest.update(small.core)


def test_of_a_file_that_is_not_wholly_in_memory_the_exported_functions_are_known(small: SmallKernel) -> None:
    put_file(small, 3, elf(OWN, EXPORTED) + bytes(2 * PAGE), missing=(4,))
    guest = guest_of(small)
    name(small, 0x7F0000000000)
    assert guest.update(small.core)
    assert described(guest, "libc_2.so.6", 0x27) == "exported+0x7"
    assert described(guest, "libc_2.so.6", 0x12) == "0x1012"
    assert described(guest, "libc_2.so.6", 0x84) == "0x1084", "nobody knows where it ends"


def test_a_file_is_looked_at_again_while_pages_are_missing(small: SmallKernel) -> None:
    data = elf(OWN, EXPORTED)
    put_file(small, 0, data, missing=(0,))
    guest = guest_of(small)
    name(small, 0x401000)
    assert not guest.update(small.core)
    put_file(small, 0, data)
    assert guest.update(small.core), "a second later"
    assert described(guest, "busybox", 0x10) == "inner"


@pytest.mark.parametrize(("other", "known"), [(b"1234", True), (b"5678", False)])
def test_a_name_that_different_files_have_is_left_out(small: SmallKernel, other: bytes, known: bool) -> None:
    put_file(small, 0, elf(OWN, build_id=b"1234"))
    put_file(small, 1, elf(OWN, build_id=other))
    guest = guest_of(small)
    name(small, 0x401000, 0x402000)
    guest.update(small.core)
    assert ("busybox" in guest.symbols.files) is known


def test_what_is_no_program_has_no_functions(small: SmallKernel) -> None:
    put_file(small, 0, b"#!/bin/sh\n")
    guest = guest_of(small)
    name(small, 0x401000, 0x7F0000000000)
    assert not guest.update(small.core)
    assert guest.symbols.files.keys() == {"[vdso]"}
