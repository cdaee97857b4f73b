# SPDX-License-Identifier: GPL-2.0-or-later
"""The status flags of floating-point exceptions (Intel SDM volume 1, 8.1.3, 8.5, 10.2.3 and 11.5)."""

from __future__ import annotations

from tests.engine.machine.small_guest import results, running

IE, ZE, OE, UE, PE = 1, 4, 8, 16, 32
FLAGS = 0x3F
X87 = {
    "fld1\n fld1\n fdivp": 0,
    "fldz\n fldz\n fdivp": IE,
    "flds one\n fdivs zero": ZE,
    "flds zero\n fdivs one": 0,
    "flds zero\n fdivrs one": ZE,
    "flds zero\n fdivs zero": IE,
    "flds signaling": IE,
    "flds signaling\n fld1\n fnclex\n fucomi %st(1), %st": 0,
    "fldt signaling_80\n fstps scratch\n fnclex\n flds scratch": 0,
    "fldl large\n fmul %st, %st\n fstl scratch\n fldl scratch\n fnclex\n fdivs zero": 0,
    "fld1\n fld1\n fadd %st(1), %st\n fld1\n faddp\n fdivrp": PE,
    "flds nan\n fld1\n fcomi %st(1), %st": IE,
    "flds nan\n fld1\n fucomi %st(1), %st": 0,
    "fldl large\n fmul %st, %st\n fstpl scratch": OE | PE,
    "fldl small\n fmul %st, %st\n fstpl scratch": UE | PE,
    "fldpi\n fistps scratch": PE,
    "fldpi\n fisttps scratch": PE,
    "fldl large\n fistps scratch": IE,
    "fldl forty_thousand\n fistps scratch": IE,
    "fldl forty_thousand\n fisttps scratch": IE,
    "fldl forty_thousand\n fistpl scratch": PE,
    "fldpi\n fistps scratch\n fnclex": 0,
    "fldpi\n fistps scratch\n fninit": 0,
    "fldpi\n fistps scratch\n fnstenv image\n fnclex\n fldenv image": PE,
    "fldpi\n fistps scratch\n fnsave image": 0,
    "fldpi\n fistps scratch\n fnsave image\n frstor image": PE,
    "fldpi\n fistps scratch\n fxsave image\n fnclex\n fxrstor image": PE,
}
"""What sets which flags in the status word."""
SSE = {
    "addss one, %xmm0": 0,
    "divss three, %xmm0": PE,
    "divss zero, %xmm0": ZE,
    "ucomiss nan, %xmm0": 0,
    "comiss nan, %xmm0": IE,
    "cvttss2si nan, %eax": IE,
    "movsd large, %xmm1\n mulsd %xmm1, %xmm1": OE | PE,
    "movsd small, %xmm1\n mulsd %xmm1, %xmm1": UE | PE,
    "divss three, %xmm0\n ldmxcsr default": 0,
    "ldmxcsr all\n addss one, %xmm0": FLAGS,
    "divss three, %xmm0\n fxsave image\n ldmxcsr default\n fxrstor image": PE,
}
"""Likewise in MXCSR; XMM0 is 1."""
DATA = """
    .balign 16
image: .skip 512
scratch: .quad 0
large: .double 1e300
small: .double 1e-300
forty_thousand: .double 40000.5
zero: .float 0
one: .float 1
three: .float 3
nan: .long 0x7fc00000
signaling: .long 0x7f811111
signaling_80: .quad 0x8111111111111111
    .word 0x7fff
default: .long 0x1f80
all: .long 0x1fbf
"""
STOP = "\n1:  hlt\n    jmp 1b\n"
RESULT = 0x300000


def test_the_status_word_of_the_x87_shows_what_has_happened() -> None:
    source = "".join(f"fninit\n {code}\n fnstsw %ax\n movw %ax, {RESULT + 8 * n:#x}\n" for n, code in enumerate(X87))
    with running(source + STOP + DATA, 0.001) as machine:
        shown = [status & FLAGS for status in results(machine, len(X87))]
        assert dict(zip(X87, shown, strict=True)) == X87


def test_mxcsr_shows_what_has_happened() -> None:
    source = "".join(
        f"ldmxcsr default\n movss one, %xmm0\n {code}\n stmxcsr {RESULT + 8 * n:#x}\n" for n, code in enumerate(SSE)
    )
    with running(source + STOP + DATA, 0.001) as machine:
        shown = [status & FLAGS for status in results(machine, len(SSE))]
        assert dict(zip(SSE, shown, strict=True)) == SSE


def test_mxcsr_masks_every_exception_after_reset() -> None:
    """SDM volume 3, table 9-1."""
    source = f"incl {RESULT + 8:#x}\n stmxcsr {RESULT:#x}\n ldmxcsr all{STOP}{DATA}"
    with running(source, 0.001) as machine:
        assert results(machine, 2) == (0x1F80, 1)
        machine.reset()
        machine.run_seconds(0.001)
        assert results(machine, 2) == (0x1F80, 2)


def test_a_reset_clears_x87_and_xmm_registers() -> None:
    """SDM volume 3, table 9-1: the tag word says that each register holds a zero."""
    source = f"""
    incl {RESULT + 72:#x}
    fxsave image
    fnstenv {RESULT:#x}
    movl $image + 32, %esi
    movl $96, %ecx
    xorl %eax, %eax
1:  orb (%rsi), %al             /* of ST0 to ST7 and XMM0 to XMM15 */
    orb 96(%rsi), %al
    orb 192(%rsi), %al
    orb 288(%rsi), %al
    incl %esi
    decl %ecx
    jnz 1b
    movl %eax, {RESULT + 64:#x}
    fninit
    fnstcw {RESULT + 80:#x}
    fldpi
    fldpi
    movq $-1, %rax
    movq %rax, %xmm0
    movq %rax, %xmm15
    movw $0x3f, scratch
    fldcw scratch
"""
    with running(source + STOP + DATA, 0.001) as machine:
        for starts in (1, 2):
            control, status, tags = (machine.memory.read_int(RESULT + 4 * n, 4) & 0xFFFF for n in range(3))
            assert (hex(control), status, hex(tags)) == ("0x40", 0, "0x5555")
            after = [machine.memory.read_int(RESULT + at, 4) for at in (64, 72, 80)]
            assert after == [0, starts, 0x37F]
            machine.reset()
            machine.run_seconds(0.001)


def test_what_does_not_fit_16_bits_is_the_indefinite_integer() -> None:
    source = f"""
    fldl forty_thousand
    fistps {RESULT:#x}
    fldl forty_thousand
    fisttps {RESULT + 8:#x}
    fldpi
    fisttps {RESULT + 16:#x}
"""
    with running(source + STOP + DATA, 0.001) as machine:
        assert results(machine, 3) == (0x8000, 0x8000, 3)


def test_an_exception_that_is_not_masked_is_told_by_es_and_raised_by_fwait() -> None:
    """SDM volume 1, 8.1.3.3 and 8.7."""
    source = f"""
    gate 16, handler
    movq %cr0, %rax
    orl $0x20, %eax             /* NE */
    movq %rax, %cr0
    fninit
    fldcw unmasked
    fldpi
    fistps scratch
    fnstsw %ax
    movw %ax, {RESULT:#x}
    fwait
    hlt
handler:
    movl $16, {RESULT + 8:#x}
{STOP}
unmasked: .word 0x35f           /* PE */
"""
    with running(source + DATA, 0.001) as machine:
        status, vector = results(machine, 2)
        assert (status & 0x80BF, vector) == (0x80A0, 16)
