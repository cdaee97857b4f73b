# SPDX-License-Identifier: GPL-2.0-or-later
"""Stack strings of gueststack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.core.binding import Core
from engine.guest.linux.symbol_table import SymbolTable, TableSymbols
from engine.guest.stacks import Stack, describe_place, parse, stack_of
from engine.guest.symbols import Symbols

EIP, CS_FLAGS, CODE_32 = 0x80, 0xE4, 1 << 22
"""of RIP in the CPU state (unicorn_layout.h)"""
NAMED = "GUEST_busybox+0x123_0x1010_libc_2.so+6.1+0x10"
SYMBOLS = Symbols([(0x1000, "T", "main"), (0x1100, "T", "panic"), (0x1200, "T", "after_panic")])


def test_the_manual_s_form() -> None:
    assert parse("GUEST_0xfffffffffb8006fc_0xfefdef7e") == Stack((0xFFFFFFFFFB8006FC, 0xFEFDEF7E))


def test_a_stack_cut_to_fit() -> None:
    assert parse("GUEST_0x10_0x20_...") == Stack((0x10, 0x20), cut=True)


@pytest.mark.parametrize("text", ["", "GUEST", "GUEST_", "hello", "GUEST_0x", "GUEST_0x1_0xg", "GUEST_0x1 and more"])
def test_other_strings_are_no_stacks(text: str) -> None:
    assert parse(text) is None


def test_return_addresses_name_the_calling_function() -> None:
    # 0x1200 is where a call that ends panic would return to: it belongs to panic, not to the function after it
    stack = Stack((0x1200, 0x1200, 0x1010, 0x7FFF_0000_0000))
    assert stack.describe(SYMBOLS) == ("after_panic", "panic+0x100", "main+0x10", "0x7fff00000000")
    assert stack.functions(SYMBOLS) == ("after_panic", "panic", "main", "0x7fff00000000")


@pytest.fixture
def core() -> Iterator[Core]:
    made = Core.detached()
    yield made
    made.close()


def set_registers(core: Core, rip: int, rbp: int) -> None:
    env = core.environment()
    env[5 * 8 : 6 * 8] = rbp.to_bytes(8, "little")
    env[EIP : EIP + 8] = rip.to_bytes(8, "little")
    env[CS_FLAGS : CS_FLAGS + 4] = CODE_32.to_bytes(4, "little")


def chain(core: Core, *frames: tuple[int, int, int]) -> None:
    """Frames of 32-bit code: at an address, the older frame and the return address."""
    for at, older, address in frames:
        core.ram[at : at + 8] = older.to_bytes(4, "little") + address.to_bytes(4, "little")


def test_frame_pointers_are_followed_outwards(core: Core) -> None:
    set_registers(core, 0x100, 0x8000)
    chain(core, (0x8000, 0x8010, 0x200), (0x8010, 0x8020, 0x300), (0x8020, 0, 0x400))
    assert stack_of(core) == Stack((0x100, 0x200, 0x300, 0x400))


def test_a_chain_that_turns_back_ends(core: Core) -> None:
    set_registers(core, 0x100, 0x8000)
    chain(core, (0x8000, 0x8000, 0x200))
    assert stack_of(core) == Stack((0x100, 0x200))


def test_a_long_chain_is_cut_and_says_so(core: Core) -> None:
    set_registers(core, 0x100, 0x8000)
    chain(core, *((0x8000 + 8 * n, 0x8008 + 8 * n, 0x200 + n) for n in range(10)))
    assert stack_of(core, frames=3) == Stack((0x100, 0x200, 0x201), cut=True)


def test_unmapped_memory_ends_a_chain(core: Core) -> None:
    set_registers(core, 0x100, 0xFFFF_FFF0)
    assert stack_of(core) == Stack((0x100,))


def test_frames_may_be_files_with_offsets() -> None:
    stack = parse(NAMED)
    assert stack is not None
    assert stack.frames == ("busybox+0x123", 0x1010, "libc_2.so+6.1+0x10")
    assert stack.addresses == (0x1010,)
    assert stack.describe(SYMBOLS) == ("busybox+0x123", "main+0x10", "libc_2.so+6.1+0x10")
    assert stack.functions(SYMBOLS) == ("busybox+0x123", "main", "libc_2.so+6.1+0x10")


def test_frames_in_files_are_named_by_the_functions_of_these() -> None:
    busybox = SymbolTable.of([(0x120, "T", "gzip_main"), (0x200, "T", "after"), (0x210, "-", "")])
    clock = SymbolTable.of([(0x40, "T", "clock_gettime")])
    symbols = TableSymbols([], lambda: {"busybox": busybox, "[vdso]": clock})
    stack = parse("GUEST_[vdso]+0x40_busybox+0x123_busybox+0x200_busybox+0x300_libc.so.6+0x123")
    assert stack is not None
    assert stack.describe(symbols) == (
        "clock_gettime [vdso]", "gzip_main+0x3 [busybox]", "gzip_main+0xe0 [busybox]", "busybox+0x300",
        "libc.so.6+0x123",
    )  # fmt: skip
    assert stack.functions(symbols) == (
        "clock_gettime [vdso]", "gzip_main [busybox]", "gzip_main [busybox]", "busybox+0x300", "libc.so.6+0x123",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["busybox", "busybox+0x", "busybox+0xzz", "other+0x123", "", "+0x123", "busybox+123"])
def test_other_texts_are_no_places(text: str) -> None:
    symbols = TableSymbols([], lambda: {"busybox": SymbolTable.of([(0x120, "T", "gzip_main")])})
    assert describe_place(text, symbols) == text
    assert describe_place("busybox+0x120", symbols) == "gzip_main [busybox]"


def test_a_text_that_is_almost_a_stack_is_refused_at_once() -> None:
    assert parse("GUEST" + "_a+0x1" * 20000 + "!") is None
