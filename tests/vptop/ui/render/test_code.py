# SPDX-License-Identifier: GPL-2.0-or-later
from engine.guest.symbols import Symbols
from tests.vptop.ui.fakes import PALETTE
from vptop.model.code import Instruction
from vptop.ui.render.code import code_header, code_row, place_of

SYMBOLS = Symbols([(0x1000, "T", "main"), (0x2000, "T", "wait\x1b[2J")])
CALL = Instruction(0x1001, bytes.fromhex("e8fa0f0000"), "call 0x2000", 0x2000)


def row(width: int, *, marked: bool = False) -> str:
    made = code_row(CALL, (3, 12), 6, 0x1000, SYMBOLS, width, PALETTE, cursor=False, marked=marked)
    return made.text.rstrip()


def test_counts_offset_bytes_text_and_the_target_by_name():
    assert row(100) == "       3      12 ████     +0x1     e8 fa 0f 00 00        call 0x2000  ; wait·[2J"
    assert code_header(100, PALETTE).text.split() == ["AT", "CALLS", "OFFSET", "BYTES", "INSTRUCTION"]


def test_narrow_panels_leave_the_bytes_out():
    assert row(70, marked=True) == "       3      12 ████     +0x1    ▶call 0x2000  ; wait·[2J"


def test_the_instruction_that_an_address_is_in():
    nop = Instruction(0x1000, b"\x90", "nop")
    assert place_of([nop, CALL], 0x1003) == 1
    assert place_of([nop, CALL], 0x9999) == 0
