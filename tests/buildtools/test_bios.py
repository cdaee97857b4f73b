# SPDX-License-Identifier: GPL-2.0-or-later
"""The build of the BIOS services."""

from __future__ import annotations

from capstone import CS_ARCH_X86, CS_MODE_16, Cs

from buildtools.bios import BIOS, FOLDER

STACK_TOP = 0xFE00
"""The stack of the services is at the end of their segment."""


def test_every_source_is_built() -> None:
    assert set(BIOS.sources) == {path for path in FOLDER.iterdir() if path.suffix in {".c", ".h", ".S", ".ld"}}


def test_interrupt_entries_are_eight_bytes_apart_and_lead_to_one_place() -> None:
    (image,) = BIOS.build()
    code = image.read_bytes()
    assert 256 * 8 < len(code) < STACK_TOP
    disassembler = Cs(CS_ARCH_X86, CS_MODE_16)
    targets = set()
    for number in (0x00, 0x10, 0x13, 0x1A, 0x7F):
        push, jump = disassembler.disasm(code[8 * number : 8 * number + 8], 8 * number, 2)
        assert (push.mnemonic, int(push.op_str, 0)) == ("push", number)
        assert jump.mnemonic == "jmp"
        targets.add(jump.op_str)
    assert len(targets) == 1
