# SPDX-License-Identifier: GPL-2.0-or-later
"""Moments as text."""

from __future__ import annotations

import msgspec
import pytest

from engine.guest.linux.symbol_table import SymbolTable, TableSymbols
from engine.guest.symbols import Symbols
from engine.probes.frame import VcpuState
from engine.vm.past.messages import View
from tests.vptop.ui.fakes import frame
from vptop.ui.past import describe

SYMBOLS = Symbols([(0x401000, "T", "main"), (0x402000, "T", "end")])


def _view(process: str = "cat", pid: int = 7) -> View:
    return View(1_500_000_137, 42, frame(1), ((0x401010, 0x7),), process, pid)


def test_the_heading_has_the_time_to_the_tick() -> None:
    assert describe.heading(_view()) == "1.500000137 s  block 42  cat (7)"
    assert describe.heading(_view("", 0)).endswith("process unknown")


def test_text_of_the_guest_is_made_harmless() -> None:
    assert "\x1b" not in describe.heading(_view("\x1b[31m"))


def test_stacks_have_symbols() -> None:
    view = _view()
    assert describe.stacks(view, SYMBOLS) == {"Stack": ["0000000000401010  main+0x10", "0000000000000007  0x7"]}
    two = msgspec.structs.replace(view, stacks=(*view.stacks, (0x402000,)))
    assert list(describe.stacks(two, SYMBOLS).items())[1] == ("Stack of VCPU1", ["0000000000402000  end"])


def test_frames_of_a_process_have_the_functions_of_its_files() -> None:
    symbols = TableSymbols([], lambda: {"gzip": SymbolTable.of([(0x120, "T", "deflate")])})
    view = msgspec.structs.replace(_view(), places=(("gzip+0x123", "0x7"),))
    assert describe.stacks(view, symbols) == {
        "Stack": ["0000000000401010  deflate+0x3 [gzip]", "0000000000000007  0x7"]
    }
    vcpu = msgspec.structs.replace(view.frame.vcpus[0], place="gzip+0x123")
    first, *_ = describe.registers(
        msgspec.structs.replace(view, frame=msgspec.structs.replace(view.frame, vcpus=(vcpu,))), symbols
    )
    assert first.endswith("  deflate+0x3 [gzip]")


def test_registers_come_for_each_cpu() -> None:
    vcpu = msgspec.structs.replace(frame(1).vcpus[0], registers={"RIP": 1, "RAX": 2, "CS": 3, "CR0": 4})
    view = View(1, 1, msgspec.structs.replace(frame(1), vcpus=(vcpu,)))
    first, general = describe.registers(view, SYMBOLS)
    assert first.startswith("VCPU0 ")
    assert general.split() == ["RIP", f"{1:016x}", "RAX", f"{2:016x}"]
    assert [line.split() for line in describe.system_registers(view)] == [["CS", f"{3:016x}", "CR0", f"{4:016x}"]]


@pytest.mark.parametrize("width", [36, 72, 100])
def test_no_line_is_wider_than_it_may_be(width: int) -> None:
    names = ("RIP", "RFLAGS", "CR0", "GDTRLIMIT", "IA32_EFER", "KERNELGSBASE")
    vcpu = msgspec.structs.replace(frame(1).vcpus[0], registers=dict.fromkeys(names, 0xDEADBEEF))
    view = View(1, 1, msgspec.structs.replace(frame(1), vcpus=(vcpu,)))
    _, *general = describe.registers(view, SYMBOLS, width)
    lines = [*general, *describe.system_registers(view, width)]
    assert max(map(len, lines)) <= width
    assert sum(line.count("00000000deadbeef") for line in lines) == len(names)
    if width >= 54:
        assert max(map(len, describe.memory(bytes(range(64)), 1 << 63, width))) <= width


def test_text_ends_with_its_last_line() -> None:
    assert describe.text(["a ", "", "\x1b[1m", "", " "]) == ["a", "", "·[1m"]


def test_memory_is_shown_in_hexadecimal_and_as_characters() -> None:
    first, second = describe.memory(b"Hello\x00\x1b\xff" + bytes(8) + b"!", 0x7C00)
    assert first == "0000000000007c00  48 65 6c 6c 6f 00 1b ff  00 00 00 00 00 00 00 00  Hello..........."
    assert second.split() == ["0000000000007c10", "21", "!"]


@pytest.mark.parametrize(
    ("address", "length", "why"),
    [
        (0x7C00, 0, "0000000000007c00  not mapped, or no RAM"),
        (0x7FFF_FFFF_FFF0, 16, "0000800000000000  not canonical: bits 63 to 47 differ"),
        (0xFFFF_7FFF_FFFF_FFFF, 0, "ffff7fffffffffff  not canonical: bits 63 to 47 differ"),
        (
            0xFFFF_8000_0000_0000,
            4,
            "ffff800000000004  not mapped, or no RAM",
        ),
        ((1 << 64) - 8, 8, "the end of the address space"),
    ],
)
def test_memory_that_ends_says_why(address: int, length: int, why: str) -> None:
    *lines, last = describe.memory(bytes(length), address, size=64)
    assert (len(lines), last) == (bool(length), why)


def _vcpu(rip: int, **registers: int) -> VcpuState:
    return msgspec.structs.replace(frame(1).vcpus[0], rip=rip, registers=registers)


def test_the_code_around_the_next_instruction_is_disassembled_from_the_start_of_its_function() -> None:
    vcpu = _vcpu(0x401006)
    start, size = describe.code_span(vcpu, SYMBOLS)
    assert (start, size) == (0x401000, 6 + 64)
    code = bytes.fromhex("55 4889e5 90 90 e8f50f0000 c3")  # push, mov, nop, nop, call 0x402000, ret
    assert list(describe.code(code, start, vcpu, SYMBOLS)) == [
        "   0000000000401000  push rbp",
        "   0000000000401001  mov rbp, rsp",
        "   0000000000401004  nop",
        "   0000000000401005  nop",
        "=> 0000000000401006  call 0x402000  ; end",
        "   000000000040100b  ret",
    ]
    data = list(describe.code(b"\x06" + code[1:], start, _vcpu(0x401001), SYMBOLS))
    assert data[0] == "=> 0000000000401001  mov rbp, rsp"
    assert not [*describe.code(code, start, _vcpu(0x500000), SYMBOLS)]
    assert not [*describe.code(code, start, _vcpu(0x400000), SYMBOLS)]
    assert describe.code_span(_vcpu(0x100), SYMBOLS) == (0x100, 64)


@pytest.mark.parametrize(
    ("rights", "code", "expected"),
    [
        (0x9B, "31c0", "=> 0000000000010200  xor ax, ax"),
        (0xC09B, "31c0", "=> 0000000000010200  xor eax, eax"),
        (0xA09B, "4831c0", "=> 0000000000000200  xor rax, rax"),
    ],
)
def test_code_is_as_long_as_its_segment_says(rights: int, code: str, expected: str) -> None:
    vcpu = _vcpu(0x200, CSAR=rights, CSBASE=0x10000)
    here = describe.code_address(vcpu)
    assert [*describe.code(bytes.fromhex(code), here, vcpu, SYMBOLS)] == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0x7c00", 0x7C00),
        ("main", 0x401000),
        ("main+0x10", 0x401010),
        (" main + 4", 0x401004),
        ("nowhere", None),
        ("main+x", None),
        ("", None),
        ("-1", None),
        (f"{1 << 64:#x}", None),
        (f"{(1 << 64) - 1:#x}", (1 << 64) - 1),
        (f"{(1 << 64) - 1:#x}+1", None),
    ],
)
def test_places_are_addresses_and_symbols(text: str, expected: int | None) -> None:
    assert describe.place(text, SYMBOLS) == expected


def test_a_place_that_is_none_is_answered_with_the_nearest_symbols() -> None:
    symbols = Symbols([(0x1000, "T", "schedule"), (0x2000, "T", "scheduler_tick"), (0x3000, "T", "main")])
    assert describe.wrong_place("schedule+8", symbols) == ""
    assert describe.wrong_place("shedule", symbols) == f"{describe.PLACE}; did you mean schedule?"
    assert describe.wrong_place("chedule", symbols) == describe.PLACE  # begins otherwise
    assert describe.wrong_place("scheduel + 4", symbols) == f"{describe.PLACE}; did you mean schedule?"
    assert describe.wrong_place("schedule+x", symbols) == describe.wrong_place("", symbols) == describe.PLACE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8.25", 8_250_000_000),
        (" 0.000000001s ", 1),
        ("+0.01", 3_010_000_000),
        ("-2", 10**9),
        ("two", None),
        ("1.", None),
        ("", None),
    ],
)
def test_times_are_seconds_since_power_on_or_from_the_moment(text: str, expected: int | None) -> None:
    assert describe.moment_of(text, View(3 * 10**9, 1, frame(3))) == expected
