/* SPDX-License-Identifier: GPL-2.0-or-later */
/* More of a PC for small guests: every kind of segment, a task state segment at 0x7000, pages that ring 3 may use. */
.set USER_CODE32, 0x1b
.set USER_DATA, 0x23
.set USER_CODE, 0x2b
.set CODE32, 0x30
.set ABSENT, 0x38
.set TASK, 0x40
.set TABLE, 0x50

/* Go on in ring 3 at a label, on a stack of its own. */
.macro ring3 label, flags=2
    pushq $USER_DATA
    pushq $0x4f00
    pushq $\flags
    pushq $USER_CODE
    pushq $\label
    iretq
.endm
/* Go on in 32-bit code. */
.macro compatible label
    pushq $CODE32
    pushq $\label
    lretq
.endm

    orq $4, 0x1000
    orq $4, 0x2000
    orq $4, 0x3000
    orq $4, 0x3008
    movq %cr3, %rax
    movq %rax, %cr3
    movq $0x5e00, 0x7004            /* RSP0 */
    movw $104, 0x7066
    lgdt table_pointer
    movl $TASK, %eax
    ltr %ax
    movl $TABLE, %eax
    lldt %ax
    jmp rich_end
    .balign 8
table:
    .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x00cffb000000ffff, 0x00cff3000000ffff, 0x00affb000000ffff
    .quad 0x00cf9b000000ffff, 0x00cf13000000ffff
    .quad 0x0000890070000067, 0, 0x0000820071000017, 0
table_end:
table_pointer:
    .word table_end - table - 1
    .quad table
rich_end:
