# SPDX-License-Identifier: GPL-2.0-or-later
"""What the firmware does at the reset vector, by the shutdown status in CMOS."""

from __future__ import annotations

import pytest

from tests.engine.machine.real_mode_guest import HALT, booted, words

LEAVE = """
    movw $0x9000, %di
    movw $0, (%di)
    movw $resumed, 0x467
    movw $0, 0x469
    movb $0x0f, %al
    outb %al, $0x70
    movb ${status}, %al
    outb %al, $0x71
    ljmp $0xf000, $0xfff0
resumed:
    xorw %ax, %ax
    movw %ax, %ds
    movw $0x7777, 0x9000
"""


@pytest.mark.parametrize(("status", "resumes"), [(0x05, True), (0x0A, True), (0x00, False), (0x04, False)])
def test_where_the_processor_goes_on(status: int, resumes: bool) -> None:
    with booted(LEAVE.format(status=status) + HALT, 0.05) as machine:
        assert words(machine, 1) == (0x7777 if resumes else 0,)
        assert bool(machine.reboots) is not resumes
