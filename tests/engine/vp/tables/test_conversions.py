# SPDX-License-Identifier: GPL-2.0-or-later
"""Every conversion of the table does in the core what the table says."""

from __future__ import annotations

import pytest

from engine.vp.syntax.literals import string_literal
from engine.vp.tables.builtins import Type
from engine.vp.tables.conversions import FLAGS, LETTERS, MODIFIERS, PATTERN, Letter
from tests.engine.vp.oracle.players import play_in_core
from tests.engine.vp.oracle.scene import parse_scene


def printed(form: str, value: int | str) -> str:
    """What the core prints for a format with one argument."""
    argument = string_literal(value.encode()) if isinstance(value, str) else str(value)
    script = f";; fire: VMM1Hz\n(vprobe VMM1Hz (printf {string_literal(form.encode())} {argument}))\n"
    return play_in_core(script, parse_scene(script)).log.decode()


@pytest.mark.parametrize("row", LETTERS.values(), ids=lambda row: row.letter)
def test_examples(row: Letter) -> None:
    assert isinstance(row.value, str) is (row.type is Type.STRING)
    assert printed(row.example, row.value) == row.text


@pytest.mark.parametrize("modifier", MODIFIERS)
def test_length_modifiers_change_nothing(modifier: str) -> None:
    assert printed(f"%{modifier}x", (1 << 64) - 1) == "f" * 16


@pytest.mark.parametrize(
    ("flag", "form", "text"),
    [("-", "%-4d|", "7   |"), ("+", "%+d", "+7"), (" ", "% d", " 7"), ("#", "%#x", "0x7"), ("0", "%04d", "0007")],
)
def test_flags(flag: str, form: str, text: str) -> None:
    assert flag in FLAGS
    assert printed(form, 7) == text


def test_the_pattern_takes_known_and_unknown_letters() -> None:
    for letter in (*LETTERS, "y"):
        match = PATTERN.match(f"%-08.3ll{letter}".encode())
        assert match is not None
        assert match["letter"] == letter.encode()
