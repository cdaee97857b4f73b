# SPDX-License-Identifier: GPL-2.0-or-later
"""The firmware's SMI handler counts, takes the command and says that it did."""

from __future__ import annotations

import struct

from engine.machine import smi_handler
from engine.machine.machine import Machine
from tests.engine.machine.real_mode_guest import boot_sector

ASK_TWICE = """
    movb $0x42, %al
    outb %al, $0xb2
    movb $0x43, %al
    outb %al, $0xb2
    inb $0xb3, %al
    movb %al, 0x600
1:  hlt
    jmp 1b
"""


def test_two_commands_are_counted_and_the_last_is_kept() -> None:
    with Machine(boot_sector(ASK_TWICE)) as machine:
        machine.run_seconds(0.001)
        smram = machine._complex.smram()
        assert struct.unpack_from("<I", smram, smi_handler.COUNT) == (2,)
        assert smram[smi_handler.COMMAND] == 0x43
        assert machine.memory.read(0x600, 1) == bytes([smi_handler.DONE])
        assert machine.counters().smis == 2
