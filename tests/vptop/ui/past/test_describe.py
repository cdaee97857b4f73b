# SPDX-License-Identifier: GPL-2.0-or-later
"""Moments as text."""

from __future__ import annotations

import msgspec
import pytest

from engine.guest.linux.symbol_table import SymbolTable, TableSymbols
from engine.guest.symbols import Symbols
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
    first, *_ = describe.registers(view, symbols)
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


def test_code_is_disassembled() -> None:
    assert list(describe.code(b"\x90\xc3\x90", 0x10, 2)) == ["0000000000000010  nop", "0000000000000011  ret"]


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
    ],
)
def test_places_are_addresses_and_symbols(text: str, expected: int | None) -> None:
    assert describe.place(text, SYMBOLS) == expected
