/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A boot sector that goes to long mode and does, many times each, what leaves the guest on a processor with hardware
 * virtualization. Before each kind and after the last the serial port gets a line of MARK and a letter. */
    .set TIMES, 2000000
    .set SERIAL, 0x3f8
    .set PM_TIMER, 0x608
    .set PM_CONTROL, 0x604

.macro times                        /* TIMES rounds of what stands before `done` */
    movl $TIMES, %r12d
1:
.endm
.macro done
    decl %r12d
    jnz 1b
    call mark
.endm

#include "long_mode.h"
    movl $0x280000, %esp            /* not in a page with code */
    movb $'a', %bpl
    call mark
    times
    xorl %eax, %eax
    cpuid
    done
    xorl %eax, %eax
    times
    movq %rax, %cr8
    done
    times
    movq %cr8, %rax
    done
    movw $PM_TIMER, %dx
    times
    inl %dx, %eax
    done
    movq %cr0, %rax
    times
    xorl $0x10000, %eax
    movq %rax, %cr0
    done
    movq %cr4, %rax
    times
    xorl $0x80, %eax
    movq %rax, %cr4
    done
    movl $50000000, %ecx            /* until the last mark has been seen */
1:  decl %ecx
    jnz 1b
    movw $PM_CONTROL, %dx
    movw $0x2000, %ax               /* switch off */
    outw %ax, %dx
1:  hlt
    jmp 1b

/* The next letter. */
mark:
    pushq %rax
    pushq %rdx
    movl $text, %esi
    movb %bpl, letter
    incb %bpl
    movw $SERIAL, %dx
    movl $text_end - text, %ecx
    rep outsb
    popq %rdx
    popq %rax
    ret

text:
    .ascii "MARK "
letter:
    .ascii "?\r\n"
text_end:
    descriptors
    .org 0x1fe
    .word 0xaa55
