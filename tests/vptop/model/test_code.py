# SPDX-License-Identifier: GPL-2.0-or-later
from msgspec import structs

from engine.guest.linux.symbol_table import SymbolTable, TableSymbols
from engine.guest.symbols import Symbols
from tests.vptop.ui.fakes import aggregate, frame, ones, which
from vptop.model import code
from vptop.model.moment import Moment
from vptop.model.rows import Measured

# Encodings after the Intel SDM, volume 2: PUSH r64 (50+r), CALL rel32 (E8), JMP rel8 (EB), RET (C3), NOP (90).
CODE = bytes.fromhex("55 e8 fb ff ff ff eb f8 c3")
SYMBOLS = Symbols([(0x1000, "T", "main"), (0x1009, "T", "next")])


def test_instructions_and_where_jumps_and_calls_lead():
    found = code.disassemble(CODE, 0x1000)
    assert [(one.address, one.text.split()[0], one.target) for one in found] == [
        (0x1000, "push", None),
        (0x1001, "call", 0x1001),
        (0x1006, "jmp", 0x1000),
        (0x1008, "ret", None),
    ]
    assert b"".join(one.data for one in found) == CODE


def test_bytes_that_are_no_instruction_lose_nothing():
    # 06 (PUSH ES) is invalid in 64-bit mode.
    found = code.disassemble(b"\x90\x06\x90", 0)
    assert [one.text for one in found] == ["nop", "(bad)", "nop"]


def test_a_function_reaches_to_the_next_symbol():
    assert code.extent(SYMBOLS, 0x1004) == (0x1000, 9)
    assert code.extent(Symbols(), 0x5000) == (0x5000, 2 * code.AROUND)
    assert code.extent(SYMBOLS, 0x1009 + code.MOST_BYTES) == (0x1009 + code.MOST_BYTES, 2 * code.AROUND)


def test_a_cpu_is_in_a_function_of_what_a_process_has_mapped_there():
    symbols = TableSymbols(
        [SymbolTable.of([(0x1000, "T", "main")])], lambda: {"gzip": SymbolTable.of([(0x120, "T", "deflate")])}
    )
    places = {"": "main+0x8", "gzip+0x123": "deflate+0x3 [gzip]", "other+0x5": "other+0x5"}
    vcpu = frame(1).vcpus[0]
    found = {place: structs.replace(vcpu, rip=0x1008, place=place) for place in places}
    assert {place: code.executing(one, symbols) for place, one in found.items()} == places
    assert code.executing(vcpu, Symbols()) == f"{vcpu.rip:#x}"


def test_addresses_are_counted_as_rip_and_as_calls_under_way():
    stacks = aggregate([ones((), ("p", "GUEST_0x1008_0x1006"), 4), ones((), ("q", "GUEST_0x1008"), 1)])
    rips = aggregate([ones((0x1000,), (), 7)])
    counts = code.seen([Measured(which(name), data, None, 1.0) for name, data in (("stacks", stacks), ("rips", rips))])
    assert counts.at[0x1008] == 5
    assert counts.at[0x1000] == 7
    assert counts.calls == {0x1006: 4}


def test_counts_are_those_of_the_last_frames(moment: Moment) -> None:
    counts = code.seen_until(moment)
    assert moment.sequence == 2
    assert counts.seconds == 3.0
    assert counts.at[0xFFFFFFFF80001010] == 3 * 40
    assert counts.calls[0xFFFFFFFF80002020] == 3 * (40 + 25)
