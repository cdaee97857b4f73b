# SPDX-License-Identifier: GPL-2.0-or-later
"""Typing that takes time."""

from __future__ import annotations

import re

import pytest

from engine.vm.typist import KeysError, plan


def test_a_key_follows_the_other_after_ten_milliseconds() -> None:
    assert plan("a<enter>b", "auto", 500, 1000) == [(500, "a", "auto"), (510, "<enter>", "auto"), (520, "b", "auto")]


def test_waits_are_guest_seconds() -> None:
    planned = plan("<wait 1>a<WAIT 0.5><f2>", "serial", 0, 1000)
    assert planned == [(1000, "a", "serial"), (1510, "<f2>", "serial")]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("<wait long>", "1:1: `<wait long>`: expected guest seconds, as in `<wait 2.5>`"),
        ("x\n<wait -1>", "2:1: `<wait -1>`: expected guest seconds, as in `<wait 2.5>`"),
        ("<wait nan>", "1:1: `<wait nan>`: expected guest seconds, as in `<wait 2.5>`"),
        ("<wait 1", "1:1: `<wait 1`: expected guest seconds, as in `<wait 2.5>`"),
        ("ab<entre>", "1:3: unknown key `<entre>`; did you mean `<enter>`?"),
        ("é", "no key of the keyboard types 'é'; type it at the serial console"),
    ],
)
def test_what_is_wrong_is_named_before_anything_is_typed(keys: str, message: str) -> None:
    with pytest.raises(KeysError, match=f"^{re.escape(message)}$"):
        plan(keys, "keyboard", 0, 1000)
