# SPDX-License-Identifier: GPL-2.0-or-later
"""What the build of the bundled guest writes."""

from __future__ import annotations

import re
from pathlib import Path

from capstone import CS_ARCH_X86, CS_MODE_64, Cs

from buildtools import guest
from engine.guest import bundled
from tests.guestimg.guest import KERNEL, Function, code, functions, symbol_rows

ASSEMBLER = {
    "start", "trap_entry", "trap_return", "nmi_entry", "syscall_entry", "system_call", "task_start", "vectors",
    "signal_entry", "enter_user",
}  # fmt: skip
"""Where one comes or goes otherwise than by a call: entries build the frame of who they interrupt; with enter_user and
task_start walks end."""


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    guest.build(tmp_path)
    assert (tmp_path / "disk.img").read_bytes() == bundled.DISK_IMAGE.read_bytes()
    assert (tmp_path / "kernel.sym").read_bytes() == bundled.SYMBOL_FILE.read_bytes()


def test_the_image_begins_with_a_boot_sector_and_ends_with_numbered_sectors() -> None:
    image = bundled.DISK_IMAGE.read_bytes()
    assert image[510:512] == b"\x55\xaa"
    assert len(image) % 512 == 0
    for sector in (4096, 10_000, len(image) // 512 - 1):
        assert image[sector * 512 : sector * 512 + 512] == sector.to_bytes(4, "little") * 128


def test_symbols_are_written_as_kallsyms_shows_them() -> None:
    lines = bundled.SYMBOL_FILE.read_text().splitlines()
    assert all(re.fullmatch(r"[0-9a-f]{16} [tTdDrRbB] [A-Za-z_][\w.]*(\t\[\w+\])?", line) for line in lines)
    addresses = [int(line[:16], 16) for line in lines]
    assert addresses == sorted(addresses)
    assert {line[19:] for line in lines} >= {
        "start", "sys_getpid", "get_task_comm", "strncpy", "process_table", "guest_counters", "percpu", "schedule",
    }  # fmt: skip


def test_each_kernel_symbol_has_a_name_of_its_own() -> None:
    """A script names an address by it; names of programs stand behind the kernel's."""
    kernel = [name for _, _, name, module in symbol_rows() if not module]
    assert sorted(kernel) == sorted(set(kernel))
    assert all(address >= KERNEL for address, _, _, module in symbol_rows() if not module)
    assert all(address < 1 << 32 for address, _, _, module in symbol_rows() if module)


def frame_fault(function: Function) -> str:
    """Why walks along RBP would fail within a function; empty when they do not."""
    decoder = Cs(CS_ARCH_X86, CS_MODE_64)
    lines = [f"{i.mnemonic} {i.op_str}".strip() for i in decoder.disasm(code(function), function.address)]
    if lines[:2] != ["push rbp", "mov rbp, rsp"]:
        return "does not begin with a frame"
    body = "\n".join(lines[2:])
    if re.search(r"^(mov|lea|add|sub|xor|inc|dec|or|and) [er]bp\b", body, re.MULTILINE):
        return "uses RBP for something else"
    return ""


def test_every_function_keeps_a_frame_pointer() -> None:
    found = [function for function in functions() if function.name not in ASSEMBLER]
    assert len(found) > 100
    faults = {f"{function.module}:{function.name}": frame_fault(function) for function in found}
    assert {name: fault for name, fault in faults.items() if fault} == {}
