# SPDX-License-Identifier: GPL-2.0-or-later
"""Stack strings of gueststack."""

from __future__ import annotations

import pytest

from engine.guest.stacks import Stack, parse
from engine.guest.symbols import Symbols

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
