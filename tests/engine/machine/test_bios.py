# SPDX-License-Identifier: GPL-2.0-or-later
"""The BIOS, as boot sectors use it (IBM PC/AT technical reference 1502494, section 5; Ralf Brown's interrupt list)."""

from __future__ import annotations

import itertools
import struct

import pytest

from tests.engine.machine.real_mode_guest import HALT, RESULTS, booted, results, words

# --- video ---


def test_teletype_on_the_screen() -> None:
    source = f"""
    movw $text, %si
1:  lodsb
    testb %al, %al
    jz 9f
    movb $0x0e, %ah
    int $0x10
    jmp 1b
{HALT}
text: .asciz "Hello\\b\\b, world\\r\\nsecond\\nline"
"""
    with booted(source, 0.2) as machine:
        assert machine.screen()[:3] == ("Hel, world", "second", "      line")
        assert machine.motherboard.vga.cursor == (2, 10)


def test_the_screen_scrolls() -> None:
    source = f"""
    movw $0x0e41, %ax
1:  int $0x10
    pushw %ax
    movw $0x0e0d, %ax
    int $0x10
    movb $0x0a, %al
    int $0x10
    popw %ax
    incb %al
    cmpb $0x41 + 26, %al
    jne 1b
{HALT}"""
    with booted(source, 0.2) as machine:
        lines = machine.screen()
        assert lines == (*(chr(0x43 + n) for n in range(24)), "")


def test_cursor_characters_and_attributes() -> None:
    source = f"""
    movw $0x0003, %ax
    int $0x10
    movw $0x0200, %ax
    xorw %bx, %bx
    movw $0x0510, %dx
    int $0x10
    movw $0x0959, %ax           /* Y */
    movw $0x001e, %bx
    movw $3, %cx
    int $0x10
    movw $0x0300, %ax
    int $0x10
    movw %dx, {RESULTS}
    movw $0x0800, %ax
    int $0x10
    movw %ax, {RESULTS + 2}
    movw $0x0f00, %ax
    int $0x10
    movw %ax, {RESULTS + 4}
{HALT}"""
    with booted(source, 0.2) as machine:
        assert machine.screen()[5] == " " * 16 + "YYY"
        assert words(machine, 3) == (0x0510, 0x1E59, 80 << 8 | 3)


def test_a_string_with_its_cursor() -> None:
    source = f"""
    movw $0x1301, %ax
    movw $0x0007, %bx
    movw $4, %cx
    movw $0x0203, %dx
    movw $text, %bp
    int $0x10
{HALT}
text: .ascii "text"
"""
    with booted(source, 0.2) as machine:
        assert machine.screen()[2] == "   text"
        assert machine.motherboard.vga.cursor == (2, 7)


def test_which_display_there_is() -> None:
    """Service 0x12, BL 0x10, and 0x1a: a VGA with a colour monitor."""
    source = """
    pushw %di
    movw $0x1200, %ax
    movw $0xff10, %bx
    int $0x10
    popw %di
    movw %bx, %ax
    stosw
    pushw %di
    movw $0x1a00, %ax
    int $0x10
    popw %di
    stosw
    movw %bx, %ax
    stosw
"""
    assert results(source, 3) == (0x0003, 0x1A1A, 0x0008)


# --- keyboard ---

KEYS = f"""
    movw ${RESULTS}, %di
1:  xorw %ax, %ax
    int $0x16
    stosw
    jmp 1b
"""


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("a", [0x1E61]),
        ("A!", [0x1E41, 0x0221]),
        ("\n", [0x1C0D]),
        ("<esc>", [0x011B]),
        ("<up><f2><del>", [0x4800, 0x3C00, 0x5300]),
        ("<c-c><a-x>", [0x2E03, 0x2D00]),
        ("\b", [0x0E08]),
        ("~", [0x297E]),
    ],
)
def test_keys_arrive_with_scan_code_and_character(text: str, keys: list[int]) -> None:
    with booted(KEYS, 0.1) as machine:
        assert machine.halted(0)
        machine.type_keyboard(text)
        machine.run_seconds(0.1)
        assert list(words(machine, len(keys) + 1)) == [*keys, 0]


def test_ctrl_alt_del_boots_again() -> None:
    with booted(KEYS, 0.1) as machine:
        machine.type_keyboard("<c-del><a-del>")
        machine.run_seconds(0.01)
        assert machine.reboots == 0
        machine.type_keyboard("<c-a-del>")
        machine.run_seconds(0.01)
        assert machine.reboots == 1


def test_more_keys_than_the_ring_holds_are_lost() -> None:
    source = f"""
    sti
1:  cmpw $30, 0x46c             /* a while later */
    jb 1b
{KEYS}"""
    with booted(source, 0.2) as machine:
        machine.type_keyboard("0123456789abcdefghij")
        machine.run_seconds(2)
        assert bytes(word & 0xFF for word in words(machine, 16)) == b"0123456789abcde\0"


def test_looking_for_a_key_leaves_it() -> None:
    source = f"""
    movw ${RESULTS}, %di
1:  movb $1, %ah
    int $0x16
    pushfw
    popw %bx
    jz 1b
    stosw
    movw %bx, %ax
    stosw
    movb $0, %ah
    int $0x16
    stosw
    movb $1, %ah
    int $0x16
    pushfw
    popw %ax
    stosw
{HALT}"""
    with booted(source, 0.05) as machine:
        machine.type_keyboard("k")
        machine.run_seconds(0.1)
        first, flags, second, after = words(machine, 4)
        assert (first, second) == (0x256B, 0x256B)
        assert (flags & 0x40, after & 0x40) == (0, 0x40)


# --- memory and time ---


def test_the_memory_map() -> None:
    source = f"""
    xorl %ebx, %ebx
    movw ${RESULTS}, %di
1:  movl $0xe820, %eax
    movl $0x534d4150, %edx
    movl $20, %ecx
    int $0x15
    jc 9f
    addw $20, %di
    testl %ebx, %ebx
    jnz 1b
{HALT}"""
    with booted(source, 0.1) as machine:
        entries = list(struct.iter_unpack("<QQI", machine.memory.read(RESULTS, 100)))
        ram = len(machine.memory)
    usable = [(base, base + size) for base, size, kind in entries if kind == 1]
    assert usable == [(0, 639 << 10), (1 << 20, ram)]
    assert all(first[0] + first[1] <= second[0] for first, second in itertools.pairwise(entries))


def test_memory_sizes() -> None:
    source = """
    int $0x12
    stosw
    movw $0x8800, %ax
    int $0x15
    stosw
    movw $0xe801, %ax
    pushw %di
    int $0x15
    popw %di
    stosw
    movw %bx, %ax
    stosw
"""
    assert results(source, 4) == (639, (64 - 1) * 1024, 15 * 1024, (64 - 16) * 16)


def test_ticks_and_the_hook_of_the_timer() -> None:
    source = f"""
    cli
    movw $hook, 0x1c * 4
    movw $0, 0x1c * 4 + 2
    sti
9:  hlt
    jmp 9b
hook:
    incw %cs:{RESULTS}
    iret
"""
    with booted(source, 2) as machine:
        assert words(machine, 1) == (36,)  # 18.2 Hz
        assert machine.memory.read_int(0x46C, 4) == 36


def test_time_and_date() -> None:
    source = """
    movw $0x0200, %ax
    int $0x1a
    movw %cx, %ax
    stosw
    movw $0x0400, %ax
    int $0x1a
    movw %cx, %ax
    stosw
    movw %dx, %ax
    stosw
"""
    assert results(source, 3) == (0x0000, 0x2026, 0x0101)


def test_waiting() -> None:
    source = """
    movw $0x8600, %ax
    movw $1, %cx
    movw $34464, %dx            /* 100 ms */
    pushl 0x46c
    int $0x15
    popl %ebx
    movl 0x46c, %eax
    subl %ebx, %eax
    stosw
"""
    assert results(source, 1)[0] in (0, 1, 2)


def test_what_is_not_there_says_so() -> None:
    source = """
    movw $0xabcd, %ax
    int $0x15
    movb %ah, %al
    sbbb %ah, %ah
    stosw
"""
    assert results(source, 1) == (0xFF86,)


def test_registers_survive() -> None:
    source = """
    movl $0x12345678, %ebx
    movl $0x9abcdef0, %ecx
    movl $0x0fedcba9, %esi
    movl $0x13579bdf, %ebp
    pushw $0x1234
    popw %fs
    movw $0x0100, %ax
    int $0x16
    movl %ebx, %eax
    stosl
    movl %ecx, %eax
    stosl
    movl %esi, %eax
    stosl
    movl %ebp, %eax
    stosl
    movw %fs, %ax
    stosw
    movw %sp, %ax
    stosw
"""
    found = results(source, 10)
    assert struct.unpack("<4I2H", struct.pack("<10H", *found)) == (
        0x12345678, 0x9ABCDEF0, 0x0FEDCBA9, 0x13579BDF, 0x1234, 0x7C00,
    )  # fmt: skip


@pytest.mark.parametrize("way", ["int $0x19", "ljmp $0xf000, $0xfff0", "movb $0xfe, %al\n    outb %al, $0x64\n    hlt"])
def test_ways_to_boot_again(way: str) -> None:
    source = f"""
    incw {RESULTS}
    cmpw $3, {RESULTS}
    je 9f
    {way}
{HALT}"""
    with booted(source, 0.05) as machine:
        assert words(machine, 1) == (3,)
        assert machine.reboots == 2
