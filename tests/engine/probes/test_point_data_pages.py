# SPDX-License-Identifier: GPL-2.0-or-later
"""GUEST_READ and GUEST_WRITE by pages: across two of them, through others, remapped, absent, with code in them."""

from __future__ import annotations

import pytest

from tests.engine.probes.small import RICH, STOP, guest

PAGES = f"""{RICH}
    movl $0x20000, %edi             /* 2 MiB from 0x200000 in pages of 4 KiB, which ring 3 may use */
    movl $0x200007, %eax
1:  movq %rax, (%rdi)
    addl $0x1000, %eax
    addl $8, %edi
    cmpl $0x400007, %eax
    jne 1b
    movq $0x20007, 0x3008
    movq %cr3, %rax
    movq %rax, %cr3
    .macro map linear, entry
    movq $\\entry, 0x20000 + (\\linear - 0x200000) / 4096 * 8
    invlpg \\linear
    .endm
"""
SIZES = {
    1: ("movb (%rbx), %al", "movb %al, (%rbx)"),
    2: ("movw (%rbx), %ax", "movw %ax, (%rbx)"),
    4: ("movl (%rbx), %eax", "movl %eax, (%rbx)"),
    8: ("movq (%rbx), %rax", "movq %rax, (%rbx)"),
    16: ("movdqu (%rbx), %xmm0", "movdqu %xmm0, (%rbx)"),
}
WATCH = '(vprobe GUEST_{kind}:{at:#x} (printf "0x%x\\n" RIP))'


def fired(code: str, kind: str, at: int, faults: int = 0) -> list[str]:
    """The places where a guest's accesses fired."""
    with guest(f"{PAGES}\n{code}\n{STOP}", WATCH.format(kind=kind, at=at)) as watched:
        watched.run()
        assert not watched.errors()
        assert sum(watched.machine.counters().exceptions) == faults
        names = {value: key for key, value in watched.places.items()}
        return [names.get(rip, hex(rip)) for (rip,) in watched.numbers]


EDGE = (0x310FF1, 0x310FFE, 0x310FFF, 0x311000, 0x311001)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["READ", "WRITE"])
def test_every_place_around_the_end_of_a_page(size: int, kind: str) -> None:
    """An access at each address around five watched ones."""
    instruction = SIZES[size][kind == "WRITE"]
    starts = range(EDGE[0] - 17, EDGE[-1] + 3)
    code = "".join(f"    movl ${start:#x}, %ebx\nat_{start:x}: {instruction}\n" for start in starts)
    script = "".join(f'(vprobe GUEST_{kind}:{at:#x} (printf "{at:#x} 0x%x\\n" RIP))' for at in EDGE)
    with guest(f"{PAGES}\n{code}\n{STOP}", script) as watched:
        watched.run()
        for at in EDGE:
            touching = [watched.places[f"at_{start:x}"] for start in starts if start <= at < start + size]
            assert [rip for spot, rip in watched.numbers if spot == at] == touching


@pytest.mark.parametrize("at", [0x310FFF, 0x311000])
@pytest.mark.parametrize("kind", ["READ", "WRITE"])
@pytest.mark.parametrize("absent", [0x310000, 0x311000])
def test_an_access_that_faults_fires_when_it_succeeds(at: int, kind: str, absent: int) -> None:
    """Across two pages, one of which the page fault's handler maps."""
    instruction = SIZES[8][kind == "WRITE"]
    code = f"""
    gate 14, handler
    map {absent:#x}, 0
    movl $0x310ffc, %ebx
first: {instruction}
second: {instruction}
{STOP}
handler:
    map {absent:#x}, {absent | 7:#x}
    addq $8, %rsp
    iretq
"""
    assert fired(code, kind, at, faults=1) == ["first", "second"]


def test_an_access_that_never_succeeds_never_fires() -> None:
    code = f"""
    gate 14, handler
    map 0x311000, 0x311001          /* read-only, and ring 0 keeps to it */
    movq %cr0, %rax
    orq $0x10000, %rax
    movq %rax, %cr0
    movl %eax, 0x311000
{STOP}
handler:
"""
    assert fired(code, "WRITE", 0x311000, faults=1) == []


@pytest.mark.parametrize("kind", ["READ", "WRITE"])
def test_an_access_to_the_last_page_faults_where_nothing_is_mapped(kind: str) -> None:
    code = f"""
    gate 14, handler
    movq $-8, %rbx
    {SIZES[8][kind == "WRITE"]}
{STOP}
handler:
    {STOP}
"""
    assert fired(code, kind, 0xFFFFFFFFFFFFFFF8, faults=1) == []


def test_the_same_memory_at_another_address_does_not_count() -> None:
    code = """
    map 0x312000, 0x311007
    movl %eax, 0x312010
here: movl %eax, 0x311010
    movl %eax, 0x312010
"""
    assert fired(code, "WRITE", 0x311010) == ["here"]


def test_the_same_address_elsewhere_counts() -> None:
    """Another address space, and another page mapped there."""
    code = """
    cld
    movl $0x1000, %esi              /* a copy of the tables: PML4, PDPT, page directory, page table */
    movl $0x30000, %edi
    movl $512, %ecx
    rep movsq
    movl $0x2000, %esi
    movl $512, %ecx
    rep movsq
    movl $0x3000, %esi
    movl $512, %ecx
    rep movsq
    movl $0x20000, %esi
    movl $512, %ecx
    rep movsq
    movq $0x31007, 0x30000
    movq $0x32007, 0x31000
    movq $0x33007, 0x32008
    movq $0x312007, 0x33000 + 0x111 * 8
a:  movl $1, 0x311010
    movl $0x30000, %eax
    movq %rax, %cr3
b:  movl $2, 0x311010
    movl $0x1000, %eax
    movq %rax, %cr3
    map 0x311000, 0x313007
c:  movl $3, 0x311010
"""
    with guest(f"{PAGES}\n{code}\n{STOP}", WATCH.format(kind="WRITE", at=0x311010)) as watched:
        watched.run()
        assert [rip for (rip,) in watched.numbers] == [watched.places[name] for name in "abc"]
        assert [watched.machine.memory.read_int(0x311010 + 0x1000 * n, 4) for n in range(3)] == [1, 2, 3]


def test_large_pages_and_small_ones() -> None:
    code = f"{RICH}\nlarge: movl %eax, 0x311010\n{PAGES[len(RICH) :]}\nsmall: movl %eax, 0x311010\n{STOP}"
    with guest(code, WATCH.format(kind="WRITE", at=0x311010)) as watched:
        watched.run()
        assert [rip for (rip,) in watched.numbers] == [watched.places[name] for name in ("large", "small")]


def test_a_repeated_move_that_faults_on_the_way() -> None:
    """Once per element; those before the fault are not done again."""
    code = f"""
    gate 14, handler
    map 0x311000, 0
    movl $0x312000, %esi
    movl $0x310ff0, %edi
    movl $8, %ecx
    cld
move: rep movsl
    movq %rcx, 0x300000
{STOP}
handler:
    map 0x311000, 0x311007
    addq $8, %rsp
    iretq
"""
    for at in (0x310FFC, 0x311000):
        assert fired(code, "WRITE", at, faults=1) == ["move"]


def test_code_that_is_watched_and_changes_itself() -> None:
    """The instruction written is the one executed, and fetching is no reading."""
    code = """
    movl $0x48c3, %eax
    movb $0xb0, 0x311000            /* movb $n, %al; ret */
    movb $0xc3, 0x311002
    xorl %ebp, %ebp
    movl $10, %ecx
1:
write: movb %cl, 0x311001
    movl $0x311000, %edx
    call *%rdx
    movzbl %al, %eax
    addl %eax, %ebp
    decl %ecx
    jnz 1b
    movq %rbp, 0x300000
"""
    for kind, expected in (("WRITE", ["write"] * 10), ("READ", [])):
        with guest(f"{PAGES}\n{code}\n{STOP}", WATCH.format(kind=kind, at=0x311001)) as watched:
            watched.run()
            assert [rip for (rip,) in watched.numbers] == [watched.places[name] for name in expected]
            assert watched.result() == 55


def test_ring_3_and_ring_0_count_alike() -> None:
    code = f"""
    gate 0x80, handler
    movw $0xee00, 0x6804
    ring3 outside
outside:
user: movl 0x311010, %eax
    int $0x80
1:  jmp 1b
handler:
kernel: movl 0x311010, %eax
{STOP}
"""
    assert fired(code, "READ", 0x311010) == ["user", "kernel"]


def test_video_memory_as_in_the_manual() -> None:
    """Manual, p. 18: GUEST_WRITE:0xa0000."""
    code = """
a:  movb %al, 0xa0000
    movb %al, 0xa0001
b:  movl %eax, 0x9fffd
    movw %ax, 0xb8000
"""
    assert fired(code, "WRITE", 0xA0000) == ["a", "b"]
    assert fired("a: movw %ax, 0xb8000\n movw %ax, 0xb8002", "WRITE", 0xB8001) == ["a"]


def test_registers_of_a_device() -> None:
    code = "movl $LAPIC + 0x80, %ebx\na: movl $0x50, (%rbx)\nb: movl (%rbx), %eax\n movl -16(%rbx), %eax"
    assert fired(code, "WRITE", 0xFEE00080) == ["a"]
    assert fired(code, "READ", 0xFEE00080) == ["b"]


def test_the_moment_is_before_a_load_and_a_store() -> None:
    code = "a: movq $7, 0x311010\nb: incq 0x311010\n"
    script = '(vprobe GUEST_WRITE:0x311010 (printf "%d\\n" (getguest 0x311010)))'
    with guest(f"{PAGES}\n{code}\n{STOP}", script) as watched:
        watched.run()
        assert watched.numbers == [(0,), (7,)]


def test_registers_and_flags_in_the_middle_of_a_block() -> None:
    """The flags come from the latest instruction before, though the block computes them lazily."""
    code = """
    movl $5, %ecx
    movl $5, %eax
    subl %ecx, %eax
a:  movl 0x311010, %edx
    decl %eax
b:  movl 0x311010, %edx
    jns 1f
    movq $1, 0x300000
1:  movl $0x7fffffff, %eax
    addl $1, %eax
c:  incl 0x311010
    pushfq
    popq 0x300008
"""
    script = '(vprobe GUEST_READ:0x311010 (printf "0x%x 0x%x 0x%x\\n" RIP (& RFLAGS 0x8d5) RAX))'
    with guest(f"{PAGES}\n{code}\n{STOP}", script) as watched:
        watched.run()
        a, b, c = (watched.places[name] for name in "abc")
        assert watched.numbers == [(a, 0x44, 0), (b, 0x94, 0xFFFFFFFF), (c, 0x894, 0x80000000)]
        assert watched.result(0) == 1
        assert watched.result(1) & 0x8D5 == 0


def test_two_probes_and_their_unloading() -> None:
    code = "1: a: movl 0x311010, %eax\n b: movl %eax, 0x311014\n incq 0x300000\n jmp 1b\n"
    with guest(f"{PAGES}\n{code}") as watched:
        watched.load("(vprobe GUEST_READ:0x311010 0) (vprobe GUEST_WRITE:0x311014 0)", "one")
        watched.load("(vprobe GUEST_READ:0x311010 0)", "two")
        watched.run()
        rounds = watched.result()
        hits = [watched.hits(0, 0), watched.hits(0, 1), watched.hits(1, 0)]
        assert all(rounds <= count <= rounds + 1 for count in hits)
        watched.host.unload("one")
        before = watched.hits(0)
        watched.run()
        assert abs(watched.hits(0) - before - (watched.result() - rounds)) <= 1
        watched.host.unload("two")
        watched.run()
        assert watched.result() > 2 * rounds
