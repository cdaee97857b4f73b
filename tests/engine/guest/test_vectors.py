# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupt lines of the PC are named as they are wired in the machine."""

from __future__ import annotations

import pytest

from engine.guest.vectors import PC_LINES

FIRST = 0x20
"""Vector of line 0, as kernels program the 8259 pair."""


@pytest.mark.parametrize(
    ("line", "name"), [(0, "timer"), (1, "keyboard"), (4, "serial"), (8, "clock"), (9, "acpi"), (14, "disk")]
)
def test_a_line_has_the_name_of_its_device(line: int, name: str) -> None:
    assert PC_LINES[FIRST + line] == name


def test_the_cascade_has_none() -> None:
    assert FIRST + 2 not in PC_LINES
