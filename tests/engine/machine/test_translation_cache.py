# SPDX-License-Identifier: GPL-2.0-or-later
"""When a CPU looks at its page tables again (Intel SDM volume 3, 4.10.4)."""

from __future__ import annotations

import pytest

from tests.engine.machine.small_guest import results, running
from tests.engine.probes.small import STOP, guest

SECONDS = 0.002
HEAD = """
    movl $0x5003, 0x3018            # linear 6 MiB by a page table at 0x5000
    movl ${entry}, 0x5000
    movl ${entry}, 0x5008
    movl $0x1111, 0x320000
    movl $0x2222, 0x330000
    movl $0x3333, 0x2fff00
    movq %cr4, %rax
    orl $0x80, %eax
    movq %rax, %cr4
    movl 0x600000, %eax             # accessed bits are set
    movq %cr4, %rax
    xorl $0x80, %eax
    movq %rax, %cr4
    xorl $0x80, %eax
    movq %rax, %cr4
    movl 0x600000, %eax             # the translation is cached
    movl 0x601000, %eax
    movl $0x330003, 0x5000
"""
TAIL = """
    movl 0x600000, %eax
    movq %rax, 0x300000
"""
PAGE, GLOBAL_PAGE = 0x320003, 0x320103
NEW_CR3 = "    movq %cr3, %rax\n    movq %rax, %cr3\n"
ONE_PAGE = "    invlpg 0x600000\n"
OTHER_PAGE = "    invlpg 0x601000\n"
NEW_CR4 = "    movq %cr4, %rax\n    xorl $0x80, %eax\n    movq %rax, %cr4\n"


@pytest.mark.parametrize(
    ("entry", "flush", "seen"),
    [
        (PAGE, NEW_CR3, 0x2222),
        (PAGE, ONE_PAGE, 0x2222),
        (PAGE, NEW_CR4, 0x2222),
        (GLOBAL_PAGE, NEW_CR3, 0x1111),
        (GLOBAL_PAGE, OTHER_PAGE, 0x1111),
        (GLOBAL_PAGE, ONE_PAGE, 0x2222),
        (GLOBAL_PAGE, NEW_CR4, 0x2222),
    ],
)
def test_a_translation_is_kept_as_long_as_the_processor_keeps_it(entry: int, flush: str, seen: int) -> None:
    with running(HEAD.format(entry=entry) + flush + TAIL + STOP, SECONDS) as machine:
        assert results(machine, 1) == (seen,)


def test_invlpg_drops_all_of_a_large_page() -> None:
    source = """
    movl $0x200083, 0x3010          # linear 4 MiB is 2 MiB
    movl $0x1111, 0x300100
    movl $0x2222, 0x100100
    movl 0x500100, %eax
    movl 0x400000, %eax
    movl $0x83, 0x3010              # now 0
    invlpg 0x400000
    movl 0x500100, %eax
    movq %rax, 0x300000
"""
    with running(source + STOP, SECONDS) as machine:
        assert results(machine, 1) == (0x2222,)


def test_accessed_and_dirty_bits_are_set_by_the_first_access_of_their_kind() -> None:
    source = """
    movl $0x5003, 0x3018
    movl $0x320003, 0x5000
    movl 0x5000, %eax
    movl 0x600000, %ebx
    movl 0x5000, %ecx
    movl %ebx, 0x600000
    movl 0x5000, %edx
    movl 0x3018, %esi
    movq %rax, 0x300000
    movq %rcx, 0x300008
    movq %rdx, 0x300010
    movq %rsi, 0x300018
"""
    with running(source + STOP, SECONDS) as machine:
        assert results(machine, 4) == (0x320003, 0x320023, 0x320063, 0x5023)


def test_invlpg_drops_a_page_that_a_probe_watches() -> None:
    with guest(HEAD.format(entry=PAGE) + ONE_PAGE + TAIL + STOP, "(vprobe GUEST_READ:0x600000 0)") as watched:
        watched.run()
        assert watched.result() == 0x2222
        assert watched.hits() == 3


def test_code_in_a_page_that_is_mapped_anew() -> None:
    source = """
    movl $0x5003, 0x3018
    movl $0x320003, 0x5000
    movb $0xb8, 0x320000            # MOV EAX, 1; RET
    movl $1, 0x320001
    movb $0xc3, 0x320005
    movb $0xb8, 0x330000            # MOV EAX, 2; RET
    movl $2, 0x330001
    movb $0xc3, 0x330005
    movl $0x600000, %edx
    movl $50, %ecx
1:  callq *%rdx
    addq %rax, %r8
    xorl $0x10000, 0x5000
    invlpg 0x600000
    callq *%rdx
    addq %rax, %r9
    xorl $0x10000, 0x5000
    movq %cr3, %rax
    movq %rax, %cr3
    decl %ecx
    jnz 1b
    movq %r8, 0x300000
    movq %r9, 0x300008
"""
    with running("    xorl %r8d, %r8d\n    xorl %r9d, %r9d\n" + source + STOP, SECONDS) as machine:
        assert results(machine, 2) == (50, 100)
