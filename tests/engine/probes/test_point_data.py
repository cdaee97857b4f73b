# SPDX-License-Identifier: GPL-2.0-or-later
"""GUEST_READ and GUEST_WRITE: each load and store that touches a linear address, of any size and kind, once."""

from __future__ import annotations

import pytest

from tests.engine.probes.small import RICH, STOP, covers, guest

SPOT = 0x311008
"""What is watched; most accesses name it by %rbx."""
FRESH = "movl $0x311008, %ebx\n movl $0x312000, %r8d\n"

CASES = {
    "sizes of loads": (
        "a: movb (%rbx), %al\nb: movw (%rbx), %ax\nc: movl (%rbx), %eax\nd: movq (%rbx), %rax\ne: movdqu (%rbx), %xmm0",
        "a b c d e",
        "",
    ),
    "sizes of stores": (
        "a: movb %al, (%rbx)\nb: movw %ax, (%rbx)\nc: movl %eax, (%rbx)\nd: movq %rax, (%rbx)\ne: movdqu %xmm0, (%rbx)",
        "",
        "a b c d e",
    ),
    "loads beside it": ("movb -1(%rbx), %al\n movb 1(%rbx), %al\n movl -4(%rbx), %eax\n movq -8(%rbx), %rax", "", ""),
    "stores beside it": ("movb %al, -1(%rbx)\n movb %al, 1(%rbx)\n movl %eax, -4(%rbx)\n movq %rax, 8(%rbx)", "", ""),
    "misaligned loads over it": (
        (
            "a: movw -1(%rbx), %ax\nb: movl -3(%rbx), %eax\nc: movq -7(%rbx), %rax\nd: movq -1(%rbx), %rax\n"
            "e: movdqu -15(%rbx), %xmm0\nf: movdqu -5(%rbx), %xmm0"
        ),
        "a b c d e f",
        "",
    ),
    "misaligned stores over it": (
        (
            "a: movw %ax, -1(%rbx)\nb: movl %eax, -3(%rbx)\nc: movq %rax, -7(%rbx)\nd: movq %rax, -1(%rbx)\n"
            "e: movdqu %xmm0, -15(%rbx)\nf: movdqu %xmm0, -5(%rbx)"
        ),
        "",
        "a b c d e f",
    ),
    "read and modify": (
        (
            "a: incl (%rbx)\nb: lock addq $1, (%rbx)\nc: xchgl %eax, (%rbx)\nd: lock cmpxchgq %rax, (%rbx)\n"
            "e: lock xaddl %eax, (%rbx)\nf: btsl $0, (%rbx)\ng: shlw $1, (%rbx)\nh: notb (%rbx)\ni: cmpxchg8b (%rbx)"
        ),
        "a b c d e f g h i",
        "a b c d e f g h i",
    ),
    "compare and test only read": ("a: cmpl $0, (%rbx)\nb: testb $1, (%rbx)\nc: cmpxchg8b (%rbx)", "a b c", "c"),
    "addresses that are not accessed": ("leaq (%rbx), %rax\n prefetcht0 (%rbx)\n nopl (%rbx)", "", ""),
    "the stack": (
        "leaq 8(%rbx), %rsp\na: push $1\nb: pop %rax\nc: call d\nd: pop %rax\nw: push $f\ne: ret\nf: pushf\ng: popf",
        "b d e g",
        "a c w f",
    ),
    "push from memory and pop to it": ("a: pushq (%rbx)\nb: popq (%rbx)", "a", "b"),
    "an element of strings": (
        (
            "movl $4, %ecx\n movl $0x311000, %esi\n movl $0x312000, %edi\na: rep movsl\n"
            "movl $4, %ecx\n movl $0x311000, %edi\nb: rep stosl\n movl $2, %ecx\n movl $0x311000, %esi\nc: rep lodsq\n"
            "movl $5, %ecx\n movl $0x311000, %edi\nd: repe scasl"
        ),
        "a c d",
        "b",
    ),
    "each element of a string that stays": (
        "std\n movl $1, %ecx\n movl %ebx, %edi\na: rep stosb\n cld\n movl $3, %ecx\n movl $0x311006,%edi\nb: rep stosb",
        "",
        "a b",
    ),
    "ports into memory": (
        (
            "movl $0x61, %edx\n movl %ebx, %edi\na: insb\n movl %ebx, %edi\nb: insw\n movl %ebx, %edi\nc: insl\n"
            "movl $3, %ecx\n leaq -2(%rbx), %rdi\nd: rep insb\n movl $5, %ecx\n leaq -3(%rbx), %rdi\ne: rep insw"
        ),
        "",
        "a b c d e",
    ),
    "floating point": ("fninit\na: fldl (%rbx)\nb: fstpl (%rbx)\nc: fildl (%rbx)\nd: fistpl (%rbx)", "a c", "b d"),
    "far and system loads": ("leaq -2(%rbx), %rax\na: sgdt (%rax)\nb: lgdt (%rax)", "b", "a"),
    "sse": (
        "a: movss (%rbx), %xmm1\nb: movsd %xmm1, (%rbx)\nc: movaps -8(%rbx), %xmm2\nd: addps -8(%rbx), %xmm2",
        "a c d",
        "b",
    ),
}


@pytest.mark.parametrize("name", CASES)
@covers("GUEST_READ", "GUEST_WRITE")
def test_each_access_fires_once(name: str) -> None:
    code, reads, writes = CASES[name]
    script = f"""
    (vprobe GUEST_READ:{SPOT:#x} (printf "0 0x%x\\n" RIP))
    (vprobe GUEST_WRITE:{SPOT:#x} (printf "1 0x%x\\n" RIP))
    """
    with guest(f"{RICH}\n{FRESH}\n{code}\n{STOP}", script) as watched:
        watched.run()
        assert not watched.errors()
        names = {value: key for key, value in watched.places.items()}
        seen = [
            " ".join(names.get(rip, hex(rip)) for kind, rip in watched.numbers if kind == wanted) for wanted in (0, 1)
        ]
        assert seen == [reads, writes]
        assert sum(watched.machine.counters().exceptions) == 0


def test_a_port_is_read_into_memory_without_a_store_before() -> None:
    """The script sees what INS overwrites; the interrupt controller's mask is what arrives."""
    code = "movb $0xa5, %al\n outb %al, $0x21\n movb $0x77, (%rbx)\n movl $0x21, %edx\n movl %ebx, %edi\n insb"
    script = f'(vprobe GUEST_WRITE:{SPOT:#x} (printf "0x%x\\n" (& 0xff (getguest {SPOT:#x}))))'
    with guest(f"{FRESH}\n{code}\n{STOP}", script) as watched:
        watched.run()
        assert watched.numbers == [(0,), (0x77,)]
        assert watched.machine.memory.read_int(SPOT, 1) == 0xA5
